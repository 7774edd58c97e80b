# A library is a folder. Its headers are spelled "<folder>/x.h" and are visible only to what links it.
# DEPENDS may name only targets that exist already, so the order of add_subdirectory in the root
# CMakeLists.txt is the order of layers; a target that would link upward stops the configure step.
include(GoogleTest)
include(CMakeParseArguments)

# All that the sanitizers run, and all fuzzers: `cmake --build TREE --target unit_tests`.
add_custom_target(unit_tests)
add_custom_target(fuzzers)

# The libraries of another vendor that a folder may name in PRIVATE_LIBS or PUBLIC_LIBS are linked as given.
function(crossbill_library target)
  cmake_parse_arguments(A "" "" "DEPENDS;PRIVATE_LIBS;PUBLIC_LIBS;TEST_DEPENDS;TEST_LIBS" ${ARGN})
  file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  file(GLOB protos CONFIGURE_DEPENDS *.proto)
  file(GLOB tables CONFIGURE_DEPENDS *.def)
  list(FILTER sources EXCLUDE REGEX "/fuzz_[^/]*\\.cc$")   # crossbill_fuzzer builds them
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  # An include root of the target's own: a header that is not linked is not found.
  set(root ${PROJECT_BINARY_DIR}/inc/${target})
  get_filename_component(parent ${root}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${root}/${path})
  foreach(header ${headers} ${tables})
    get_filename_component(name ${header} NAME)
    file(CREATE_LINK ${header} ${root}/${path}/${name} SYMBOLIC)
  endforeach()

  if(NOT sources AND NOT protos)
    set(sources ${PROJECT_BINARY_DIR}/empty.cc)
    file(WRITE ${sources} "")
  endif()
  add_library(${target} STATIC ${sources})
  if(headers)
    list(TRANSFORM headers REPLACE "^${CMAKE_CURRENT_SOURCE_DIR}" "${root}/${path}")
    # What only tests include need not stand alone.
    list(FILTER headers EXCLUDE REGEX "/(test_[^/]*|[^/]*test_support|[^/]*test_server|fixture|contract)\\.h$")
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${root} FILES ${headers})
  endif()
  target_include_directories(${target} PUBLIC ${root})
  crossbill_depends(${target} PUBLIC ${A_DEPENDS})
  target_link_libraries(${target} PUBLIC ${A_PUBLIC_LIBS} PRIVATE ${A_PRIVATE_LIBS} crossbill_warnings)
  if(protos)
    crossbill_protos(${target} ${CMAKE_CURRENT_SOURCE_DIR} ${protos})
  endif()
  if(tests)
    crossbill_test(${target}_test SOURCES ${tests} DEPENDS ${target} ${A_TEST_DEPENDS} LIBS ${A_TEST_LIBS} LABEL unit)
  endif()
endfunction()

function(crossbill_depends target visibility)
  foreach(d ${ARGN})
    if(NOT TARGET ${d})
      message(FATAL_ERROR "${target} may not depend on ${d}: it is not a layer below (see the order in CMakeLists.txt)")
    endif()
  endforeach()
  target_link_libraries(${target} ${visibility} ${ARGN})
endfunction()

# Generates C++ for the protos (paths relative to import_root) into the target.
function(crossbill_protos target import_root)
  set(gen ${PROJECT_BINARY_DIR}/gen/${target})
  file(MAKE_DIRECTORY ${gen})
  foreach(proto ${ARGN})
    file(RELATIVE_PATH p ${import_root} ${proto})
    string(REGEX REPLACE "\\.proto$" ".pb" stem ${p})
    add_custom_command(OUTPUT ${gen}/${stem}.cc ${gen}/${stem}.h
      COMMAND protobuf::protoc -I${import_root} -I${PROJECT_SOURCE_DIR}/proto --cpp_out=${gen} ${p}
      WORKING_DIRECTORY ${import_root} DEPENDS ${proto} VERBATIM)
    target_sources(${target} PRIVATE ${gen}/${stem}.cc ${gen}/${stem}.h)
    set_source_files_properties(${gen}/${stem}.cc PROPERTIES COMPILE_OPTIONS "-w")
  endforeach()
  target_include_directories(${target} SYSTEM PUBLIC ${gen})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()

# crossbill_test(name SOURCES … DEPENDS … [LIBS …] [LABEL unit|contract|simulation|scenario|fault] [TIMEOUT seconds])
function(crossbill_test name)
  cmake_parse_arguments(A "" "LABEL;TIMEOUT" "SOURCES;DEPENDS;LIBS" ${ARGN})
  if(NOT A_LABEL)
    set(A_LABEL unit)
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${name} ${A_SOURCES})
  crossbill_depends(${name} PRIVATE ${A_DEPENDS})
  target_link_libraries(${name} PRIVATE ${A_LIBS} GTest::gmock GTest::gtest_main crossbill_warnings)
  target_compile_definitions(${name} PRIVATE CROSSBILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    CROSSBILL_TEST_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
  if(A_LABEL STREQUAL "unit")
    add_dependencies(unit_tests ${name})
  endif()
  gtest_discover_tests(${name} PROPERTIES LABELS ${A_LABEL} TIMEOUT ${A_TIMEOUT} DISCOVERY_TIMEOUT 60)
endfunction()

# crossbill_broker_test(name SOURCES … DEPENDS … [TIMEOUT seconds] [PROXY]): a GoogleTest program that wants a Kafka broker; one
# test to ctest, because all its cases share the broker. PROXY: and tests/broker/kafka_proxy.py in front of it.
function(crossbill_broker_test name)
  cmake_parse_arguments(A "PROXY" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 600)
  endif()
  add_executable(${name} ${A_SOURCES})
  crossbill_depends(${name} PRIVATE ${A_DEPENDS})
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main crossbill_warnings)
  add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/broker/with-broker $<$<BOOL:${A_PROXY}>:--proxy>
    $<TARGET_FILE:${name}> --gtest_brief=1 COMMAND_EXPAND_LISTS)
  set_tests_properties(${name} PROPERTIES LABELS broker TIMEOUT ${A_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# crossbill_fuzzer(name SOURCES fuzz_x.cc DEPENDS …): a libFuzzer program, built by `cmake --preset fuzz` only.
function(crossbill_fuzzer name)
  if(NOT CROSSBILL_FUZZ)
    return()
  endif()
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  crossbill_depends(${name} PRIVATE ${A_DEPENDS})
  target_link_libraries(${name} PRIVATE crossbill_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()

# A connector is a folder under connectors/: its name is the `kind:` in YAML. The list of all of them is
# generated at configure time (connectors/all): no static initialisers, nothing dropped by the linker.
define_property(GLOBAL PROPERTY CROSSBILL_CONNECTORS BRIEF_DOCS "connector folders" FULL_DOCS "connector folders")
function(crossbill_connector)
  get_filename_component(name ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  crossbill_library(connector_${name} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY CROSSBILL_CONNECTORS ${name})
endfunction()
