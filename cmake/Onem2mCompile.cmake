# What every target of the project is compiled with: link to onem2m_compile.
add_library(onem2m_compile INTERFACE)
target_include_directories(onem2m_compile INTERFACE "${PROJECT_SOURCE_DIR}/include")
target_compile_definitions(onem2m_compile INTERFACE
  OPENSSL_API_COMPAT=30000 OPENSSL_NO_DEPRECATED _GNU_SOURCE)
target_compile_options(onem2m_compile INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wcast-qual -Wvla -Wformat=2 -Wundef
  -fstack-protector-strong $<$<CONFIG:RelWithDebInfo>:-O3>)
target_link_options(onem2m_compile INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(ONEM2M_WERROR)
  target_compile_options(onem2m_compile INTERFACE -Werror)
endif()
if(ONEM2M_SANITIZE)
  target_compile_options(onem2m_compile INTERFACE
    -fsanitize=${ONEM2M_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(onem2m_compile INTERFACE -fsanitize=${ONEM2M_SANITIZE})
endif()
