// A bare number is not a duration.
// room: base
// expect: conversion from|no viable conversion
#include "libs/base/units.hpp"

#ifdef MUST_FAIL
Nanoseconds const timeout = 5;
#else
Nanoseconds const timeout = Nanoseconds::seconds(5);
#endif
