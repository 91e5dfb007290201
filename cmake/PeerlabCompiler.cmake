# How everything is compiled: warnings are errors, assertions stay on, ccache where present.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Clones of the same tree in other folders share what they compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(peerlab_warnings INTERFACE)
target_compile_options(peerlab_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch-enum -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 reports these two inside std::string and std::variant at -O2 where nothing is wrong.
  target_compile_options(peerlab_warnings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized
    -Wno-restrict)
endif()

# Equal floating point on every machine, should any slip into the state.
add_compile_options(-ffp-contract=off)

if(PEERLAB_SANITIZE)
  # CAF's headers trip the vptr check.
  add_compile_options(-fsanitize=${PEERLAB_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PEERLAB_SANITIZE} -fno-sanitize=vptr)
endif()
