// Fixture of host tests: fresh memory for each.
#pragma once

#include "kernel/arch/host/machine.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/testing.hpp"

#include <gtest/gtest.h>

class FreshMemory : public ::testing::Test {
protected:
    FreshMemory() {
        mem::testing::reset_memory();
        mem::initialise_frames();
    }

    ~FreshMemory() override { mem::testing::fail_after(-1); }

    static usize free_now() { return mem::frame_statistics().free; }
};
