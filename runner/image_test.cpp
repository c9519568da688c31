// Tests of the configuration that GRUB reads from our media.
#include "runner/failure.hpp"
#include "runner/image.hpp"

#include <gtest/gtest.h>

namespace {

using runner::grub_configuration;

TEST(GrubConfiguration, EachWordIsOneWordOfGrubsShell) {
    auto const text = grub_configuration(true, "console=tty0  a=$x \"b=c d\" e=\"f g\"");
    EXPECT_NE(text.find("multiboot2 /boot/linnet.elf 'console=tty0' 'a=$x' 'b=c d' 'e=f g'\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("module2 /boot/initramfs\n"), std::string::npos) << text;
}

TEST(GrubConfiguration, NothingGivenIsNothingPassed) {
    auto const text = grub_configuration(false, "");
    EXPECT_NE(text.find("multiboot2 /boot/linnet.elf\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("module2"), std::string::npos) << text;
}

TEST(GrubConfiguration, WhatGrubCannotPassIsRefused) {
    EXPECT_THROW(grub_configuration(false, "it's"), runner::Failure);
    EXPECT_THROW(grub_configuration(false, "back\\slash"), runner::Failure);
    EXPECT_THROW(grub_configuration(false, "\"half"), runner::Failure);
}

} // namespace
