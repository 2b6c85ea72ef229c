# callboard_assets: the page of web/, built by vite and put into the program as src/api/assets.hpp declares it.
# Without it (fuzzing, or CALLBOARD_WEB=OFF) the program answers that it has no page.
option(CALLBOARD_WEB "build the page into the program (needs npm)" ON)
if(CALLBOARD_FUZZ OR NOT CALLBOARD_WEB)
  return()
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(NODE node)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "node and npm build the page: ./dev setup installs them; -DCALLBOARD_WEB=OFF does without the page")
endif()

set(web ${CMAKE_SOURCE_DIR}/web)
set(built ${CMAKE_BINARY_DIR}/web)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
list(FILTER sources EXCLUDE REGEX "\\.test\\.ts$")

add_custom_command(
  OUTPUT ${built}/packages.stamp
  COMMAND ${CMAKE_SOURCE_DIR}/tools/web_packages.sh ${NPM}
  COMMAND ${CMAKE_COMMAND} -E touch ${built}/packages.stamp
  DEPENDS ${web}/package.json ${web}/package-lock.json ${CMAKE_SOURCE_DIR}/tools/web_packages.sh
  COMMENT "Packages of the page" VERBATIM)
add_custom_command(
  OUTPUT ${built}/dist/index.html
  COMMAND ${CMAKE_COMMAND} -E env CALLBOARD_DIST=${built}/dist ${NODE} node_modules/vite/bin/vite.js build --logLevel warn
  WORKING_DIRECTORY ${web}
  DEPENDS ${built}/packages.stamp ${sources} ${web}/index.html ${web}/vite.config.js ${web}/tsconfig.json
  COMMENT "Building the page" VERBATIM)
add_custom_command(
  OUTPUT ${built}/assets.cpp
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/embed.py ${built}/dist ${built}/assets.cpp
  DEPENDS ${built}/dist/index.html ${CMAKE_SOURCE_DIR}/tools/embed.py
  COMMENT "Embedding the page" VERBATIM)
add_library(callboard_assets STATIC ${built}/assets.cpp)
target_include_directories(callboard_assets PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(callboard_assets PRIVATE -Wno-overlength-strings)

# After enable_testing().
function(callboard_web_tests)
  add_test(NAME web.types COMMAND ${NODE} node_modules/typescript/bin/tsc --noEmit WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web)
  add_test(NAME web.unit COMMAND ${NODE} test.mjs WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web)
  set_tests_properties(web.types web.unit PROPERTIES TIMEOUT ${CALLBOARD_TIMEOUT} LABELS web)
endfunction()
