// In-kernel tests, when the image has any.
#pragma once

namespace init {

/// Runs the tests of the test image and ends the machine with their verdict.
void run_tests_if_asked();

} // namespace init
