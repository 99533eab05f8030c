# What `cmake --install` puts where; tests/install holds it to this.
include(CMakePackageConfigHelpers)

# OpenSSL looks for a provider in its own directory and nowhere else, whatever the prefix.
pkg_get_variable(libcrypto_modulesdir libcrypto modulesdir)
set(ONEM2M_MODULESDIR "${libcrypto_modulesdir}" CACHE PATH "Where the module is installed")
if(NOT ONEM2M_MODULESDIR)
  message(FATAL_ERROR "libcrypto.pc names no modulesdir: give -DONEM2M_MODULESDIR=DIRECTORY")
endif()
install(TARGETS onem2m LIBRARY DESTINATION "${ONEM2M_MODULESDIR}")

set_target_properties(onem2m_tls PROPERTIES EXPORT_NAME onem2m) # onem2m::onem2m
install(TARGETS onem2m_tls EXPORT onem2m
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS onem2m-demo RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/onem2m"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")

# For those who build against the library: CMake package and pkg-config file.
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/onem2m")
install(EXPORT onem2m NAMESPACE onem2m:: FILE onem2m-targets.cmake DESTINATION "${package_dir}")
configure_package_config_file(cmake/onem2m-config.cmake.in
  "${PROJECT_BINARY_DIR}/cmake/onem2m-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/onem2m-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cmake/onem2m-config.cmake"
  "${PROJECT_BINARY_DIR}/cmake/onem2m-config-version.cmake" DESTINATION "${package_dir}")

configure_file(cmake/libonem2m.pc.in "${PROJECT_BINARY_DIR}/cmake/onem2m.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/cmake/onem2m.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# Samples and licence.
set(ONEM2M_DOCDIR "${CMAKE_INSTALL_DATAROOTDIR}/doc/onem2m-provider")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/conf/" DESTINATION "${ONEM2M_DOCDIR}/conf")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  DESTINATION "${ONEM2M_DOCDIR}")

# docs/manN/NAME.pod becomes NAME.N.
find_program(POD2MAN pod2man)
if(NOT POD2MAN)
  message(STATUS "pod2man (perl) not found: no manual pages")
  return()
endif()
set(pages)
file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/docs/man[137]/*.pod")
foreach(source IN LISTS sources)
  cmake_path(GET source STEM LAST_ONLY name)
  cmake_path(GET source PARENT_PATH section)
  string(REGEX REPLACE ".*/man" "" section "${section}")
  set(page "${PROJECT_BINARY_DIR}/man/man${section}/${name}.${section}")
  add_custom_command(OUTPUT "${page}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/man/man${section}"
    COMMAND "${POD2MAN}" --utf8 --errors=die --name=${name} --section=${section}
      --center=onem2m-provider --release=${PROJECT_VERSION} "${source}" "${page}"
    DEPENDS "${source}" VERBATIM)
  list(APPEND pages "${page}")
  install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()
add_custom_target(onem2m_man ALL DEPENDS ${pages})
