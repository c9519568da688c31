// Fixture of host tests: fresh memory for each, and nothing lost afterwards.
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
        free_at_start_ = mem::frame_statistics().free;
    }

    ~FreshMemory() override { mem::testing::fail_after(-1); }

    usize free_at_start() const { return free_at_start_; }

    static usize free_now() { return mem::frame_statistics().free; }

private:
    usize free_at_start_ = 0;
};
