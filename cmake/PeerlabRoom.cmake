# peerlab_room(<name> USES <room>... LINKS <library>... SOURCES <file>... [PROTOS <file>...])
#
# One room: one folder, one static library peerlab::<name>. USES is the complete list of
# rooms it may include; tests/house reads the same lists and checks every #include line
# against them. Code made from PROTOS is compiled without our warnings.
function(peerlab_room name)
  cmake_parse_arguments(arg "" "" "USES;LINKS;SOURCES;PROTOS" ${ARGN})
  list(TRANSFORM arg_USES PREPEND peerlab:: OUTPUT_VARIABLE rooms)
  set(include_dir ${PROJECT_SOURCE_DIR}/include)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${include_dir}/peerlab/${name}/*.hpp)

  add_library(peerlab_${name} STATIC ${arg_SOURCES})
  add_library(peerlab::${name} ALIAS peerlab_${name})
  if(headers)
    target_sources(peerlab_${name} PUBLIC
      FILE_SET HEADERS BASE_DIRS ${include_dir} FILES ${headers})
  else()
    target_include_directories(peerlab_${name} PUBLIC ${include_dir})
  endif()
  if(arg_PROTOS)
    add_library(peerlab_${name}_proto STATIC ${arg_PROTOS})
    protobuf_generate(TARGET peerlab_${name}_proto LANGUAGE cpp
      IMPORT_DIRS ${CMAKE_CURRENT_SOURCE_DIR} PROTOC_OUT_DIR ${CMAKE_CURRENT_BINARY_DIR})
    target_include_directories(peerlab_${name}_proto SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
    target_link_libraries(peerlab_${name}_proto PUBLIC protobuf::libprotobuf)
    target_link_libraries(peerlab_${name} PRIVATE peerlab_${name}_proto)
  endif()
  target_link_libraries(peerlab_${name}
    PUBLIC ${rooms} fmt::fmt tl::expected ${arg_LINKS} PRIVATE peerlab_warnings)
  set_target_properties(peerlab_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  set_property(GLOBAL APPEND_STRING PROPERTY PEERLAB_ROOMS "${name}: ${arg_USES}\n")
endfunction()

# peerlab_tests(<room> SOURCES <file>... [USES <room>...] [LINKS <library>...])
#
# The tests of one room: one Boost.Test program tests_<room>, one ctest entry.
function(peerlab_tests name)
  cmake_parse_arguments(arg "" "" "USES;LINKS;SOURCES" ${ARGN})
  list(TRANSFORM arg_USES PREPEND peerlab:: OUTPUT_VARIABLE rooms)
  add_executable(tests_${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  if(TARGET peerlab_${name})
    target_link_libraries(tests_${name} PRIVATE peerlab::${name})
  endif()
  target_link_libraries(tests_${name} PRIVATE ${rooms} ${arg_LINKS} fmt::fmt tl::expected
    Boost::unit_test_framework nlohmann_json::nlohmann_json peerlab_warnings)
  target_include_directories(tests_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests
    ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(tests_${name} PRIVATE BOOST_TEST_DYN_LINK)
  # Only main.cpp is told paths and names, so that the other files of two clones compile to equal
  # objects, which ccache then shares.
  target_compile_options(tests_${name} PRIVATE -include support/paths.hpp)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/support/main.cpp PROPERTIES
    COMPILE_DEFINITIONS "PEERLAB_SOURCE_PATH=\"${PROJECT_SOURCE_DIR}\";PEERLAB_BINARY_PATH=\"${PROJECT_BINARY_DIR}\"")
  add_test(NAME ${name} COMMAND tests_${name} --color_output=no)
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
