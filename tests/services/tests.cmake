# Linnet's init as process 1.
add_executable(linnet-services-test terminal/pty.cpp services/services_test.cpp)
add_dependencies(linnet-services-test user-initramfs)
target_compile_definitions(linnet-services-test PRIVATE LINNET_BUILD="${PROJECT_BINARY_DIR}")
target_link_libraries(linnet-services-test PRIVATE linnet-runner-parts GTest::gtest_main)
gtest_discover_tests(linnet-services-test TEST_FILTER Services.*
    PROPERTIES TIMEOUT 240 ENVIRONMENT LINNET_RUNNER=$<TARGET_FILE:linnet-runner>)
gtest_discover_tests(linnet-services-test TEST_FILTER ServicesOnBothKernels.*
    PROPERTIES TIMEOUT 240 FIXTURES_REQUIRED linux)
