// A physical address does not become a virtual one by itself.
// room: base
// expect: conversion from|no viable conversion
#include "libs/base/address.hpp"

PhysAddr const frame(0x1000);
#ifdef MUST_FAIL
VirtAddr const wrong = frame;
#else
VirtAddr const right = VirtAddr(frame.value());
#endif
