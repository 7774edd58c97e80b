# Warnings, hardening and sanitizers, as one interface target that every target of ours links.
add_library(crossbill_warnings INTERFACE)
target_compile_options(crossbill_warnings INTERFACE
  -Wall -Wextra -Wformat=2 -Wimplicit-fallthrough -Wnon-virtual-dtor -Woverloaded-virtual
  $<IF:$<CXX_COMPILER_ID:Clang>,-Wshadow,-Wshadow=local>
  -Werror=return-type -Werror=unused-result)
option(CROSSBILL_WERROR "warnings are errors" ON)
if(CROSSBILL_WERROR)
  target_compile_options(crossbill_warnings INTERFACE -Werror)
endif()
if(CROSSBILL_SANITIZE)
  # A finding ends the program: a test that only prints one would pass.
  add_compile_options(-fsanitize=${CROSSBILL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CROSSBILL_SANITIZE})
  if(CROSSBILL_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
else()
  add_compile_options($<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>
    -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
