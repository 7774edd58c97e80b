# cmake -D SOURCE=… -D BINARY=… -D GENERATOR=… -D COMPILER=… -P expect_refusal.cmake
# `upward` links a layer above: its configure step must fail. `header` configures, but includes a header of a layer that it does not
# link: its build must fail; without that include (-D INCLUDE_UNLINKED=OFF) the same project builds, so the refusal is for the right reason.

function(configure project out_result out_output)
  file(REMOVE_RECURSE ${BINARY}/${project})
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE}/${project} -B ${BINARY}/${project} -G ${GENERATOR}
      -D CMAKE_CXX_COMPILER=${COMPILER} ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(${out_result} ${result} PARENT_SCOPE)
  set(${out_output} "${output}" PARENT_SCOPE)
endfunction()

function(build project out_result out_output)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY}/${project}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(${out_result} ${result} PARENT_SCOPE)
  set(${out_output} "${output}" PARENT_SCOPE)
endfunction()

configure(upward result output)
string(REGEX REPLACE "[ \n]+" " " output "${output}")
if(result EQUAL 0 OR NOT output MATCHES "lower may not depend on upper: it is not a layer below")
  message(FATAL_ERROR "a link upward was not refused:\n${output}")
endif()

configure(header result output -D INCLUDE_UNLINKED=OFF)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the control project does not configure:\n${output}")
endif()
build(header result output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the control project does not build:\n${output}")
endif()

configure(header result output -D INCLUDE_UNLINKED=ON)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the project does not configure:\n${output}")
endif()
build(header result output)
if(result EQUAL 0 OR NOT output MATCHES "lower/lower.h")
  message(FATAL_ERROR "a header of a layer that is not linked was found:\n${output}")
endif()
