# What every target is compiled with. Sanitizers, fuzzing and coverage are chosen by preset.
option(CALLBOARD_FUZZ "build the fuzzers with libFuzzer (clang only)" OFF)
option(CALLBOARD_COVERAGE "count which lines are run" OFF)
set(CALLBOARD_SANITIZE "" CACHE STRING "sanitizers, comma separated: address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                    -Wold-style-cast -Woverloaded-virtual -Werror -fno-omit-frame-pointer)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # g++ 12 sees reads past the end in inlined std::string code that cannot happen.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)
endif()
if(CALLBOARD_SANITIZE)
  add_compile_options(-fsanitize=${CALLBOARD_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CALLBOARD_SANITIZE})
  # Sanitizers change inlining so that g++ 12 warns of what is not there.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
# What a test may take, in seconds, on a machine that has other things to do. Sanitizers make programs slow.
set(CALLBOARD_TIMEOUT 180)
if(CALLBOARD_SANITIZE OR CALLBOARD_COVERAGE)
  set(CALLBOARD_TIMEOUT 900)
endif()
if(CALLBOARD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # so that the fuzzer sees which branches an input takes
endif()
if(CALLBOARD_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
