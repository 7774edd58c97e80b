#include "lower/lower.h"

int Lower() { return 1; }
