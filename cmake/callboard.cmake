# callboard_library(folder DEPENDS libraries...)
#
# One folder is one library, `callboard_<folder>`, and one test program, `callboard_<folder>_test`: every
# *_test.cpp beside the code. A folder without sources becomes a header-only library.
function(callboard_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  if(sources)
    add_library(callboard_${name} STATIC ${sources})
    target_include_directories(callboard_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(callboard_${name} PUBLIC ${ARG_DEPENDS})
  else()
    add_library(callboard_${name} INTERFACE)
    target_include_directories(callboard_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(callboard_${name} INTERFACE ${ARG_DEPENDS})
  endif()
  if(tests AND NOT CALLBOARD_FUZZ)
    add_executable(callboard_${name}_test ${tests})
    target_link_libraries(callboard_${name}_test PRIVATE callboard_${name} ${ARG_TEST_DEPENDS}
                          GTest::gmock GTest::gtest_main ${RAPIDCHECK_LIBRARY})
    target_compile_definitions(callboard_${name}_test PRIVATE CALLBOARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    gtest_discover_tests(callboard_${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
                         PROPERTIES TIMEOUT ${CALLBOARD_TIMEOUT})
  endif()
endfunction()
