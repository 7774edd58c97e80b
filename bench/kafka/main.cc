#include "bench/kafka/client.h"

int main(int argc, char** argv) {
  CLI::App program(
      "What the Kafka benchmarks need beside the programs that they measure; each part prints a line of "
      "JSON");
  program.require_subcommand(1);
  crossbill::bench::AddProduce(program);
  crossbill::bench::AddCount(program);
  crossbill::bench::AddSettle(program);
  crossbill::bench::AddWatch(program);
  crossbill::bench::AddFeed(program);
  crossbill::bench::AddMake(program);
  CLI11_PARSE(program, argc, argv);
  return 0;
}
