#include "app/program.h"

int main(int argc, char** argv) { return crossbill::app::Main(argc, argv); }
