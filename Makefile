# The ways into the project. `make help` lists them; everything else is CMake (see CMakePresets.json).
SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Objects are shared between clones and build trees.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CTEST_PARALLEL_LEVEL ?= $(JOBS)

.DEFAULT_GOAL := build
.PHONY: help build test check check-style check-format check-tidy check-proto check-shell check-sanitizers demo bench bench-kafka fuzz fault format \
        proto-baseline reference clean distclean

help:
	@echo 'make build              the optimised program: build/crossbill'
	@echo 'make test               builds everything and runs all tests'
	@echo 'make demo [SERVE=1]     runs the small demonstration on the embedded bus; SERVE=1 leaves the facade running'
	@echo 'make demo BUS=kafka     the same on a Kafka broker, which is started for it'
	@echo 'make check              what CI runs: test, style, protos'
	@echo 'make check-sanitizers   the unit tests with ASan and UBSan'
	@echo 'make bench              the benchmarks'
	@echo 'make bench-kafka        on a Kafka broker, beside librdkafka alone, Kafka Connect and Kafka Streams (an hour)'
	@echo 'make fuzz [SECONDS=60]  every fuzzer for a while'
	@echo 'make fault [KILLS=12] [WORKERS=1] [MINUTES=0]  faults against real brokers; adds to build/fault-results.jsonl and sums it up'
	@echo 'make format             formats the sources'
	@echo 'make reference          writes docs/reference anew from the program'
	@echo 'make proto-baseline     at a release: what later versions must stay compatible with'
	@echo 'make clean              removes the build trees (distclean: fetched tools too)'

build/CMakeCache.txt: CMakePresets.json
	@tools/install-deps build
	@tools/setup-librdkafka
	cmake --preset release

build: build/CMakeCache.txt
	cmake --build build --target crossbill -j $(JOBS)

test:
	@tools/install-deps test
	@tools/setup-librdkafka
	cmake --preset release
	cmake --build build -j $(JOBS)
	ctest --preset release

# Cheap and frequent failures first.
check:
	@tools/install-deps check
	$(MAKE) check-format check-shell check-proto
	$(MAKE) test
	$(MAKE) check-tidy

check-style: check-format check-shell check-proto check-tidy

check-format:
	tools/format --check

check-shell:
	tools/check-shell

# Style and compatibility of the protos.
check-proto:
	tools/buf lint proto
	@if [ -f proto/baseline.binpb ]; then tools/buf breaking proto --against proto/baseline.binpb; \
	else echo 'proto/baseline.binpb is not there yet: compatibility is checked from the first release on'; fi

# Changed files, or with CHECK_TIDY=all every file; see tools/run-clang-tidy for the limits.
check-tidy: build/CMakeCache.txt
	cmake --preset release >/dev/null
	tools/run-clang-tidy

check-sanitizers:
	@tools/install-deps test
	@tools/setup-librdkafka
	cmake --preset dev
	cmake --build build-dev -j $(JOBS) --target all_verify_interface_header_sets unit_tests
	ctest --preset dev -L unit

demo: build
	@tools/install-deps demo
	@[ "$(BUS)" != kafka ] || tools/install-deps test
	SERVE=$(SERVE) BUS=$(or $(BUS),embedded) examples/demo/run

bench: build/CMakeCache.txt
	@tools/install-deps test
	cmake --build build -j $(JOBS)
	bench/run

bench-kafka: build/CMakeCache.txt
	@tools/install-deps bench
	cmake --build build --target crossbill kafka_probe -j $(JOBS)
	bench/kafka/run

SECONDS ?= 60
fuzz:
	@tools/install-deps check
	@tools/setup-librdkafka
	cmake --preset fuzz
	cmake --build build-fuzz -j $(JOBS) --target fuzzers
	tools/run-fuzzers build-fuzz $(SECONDS)

KILLS ?= 12
WORKERS ?= 1
MINUTES ?= 0
fault: build
	@tools/install-deps test
	tests/fault/suite.py --kills $(KILLS) --workers $(WORKERS) --minutes $(MINUTES) --orders 1500 --results build/fault-results.jsonl $(if $(SEED),--seed $(SEED)); \
	outcome=$$?; tests/fault/suite.py --sum build/fault-results.jsonl; exit $$outcome

format:
	tools/format

reference: build
	build/crossbill docs docs/reference

proto-baseline:
	tools/buf build proto --exclude-source-info -o proto/baseline.binpb

clean:
	rm -rf build build-dev build-tsan build-fuzz

distclean: clean
	rm -rf .venv .cache
