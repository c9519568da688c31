// gzip files (RFC 1952): header, DEFLATE data, checksum; any number of members.
#pragma once

#include "libs/gzip/inflate.hpp"

namespace gzip {

/// Whether `input` starts like a gzip member.
bool looks_like_gzip(ConstBytes input);

/// Unpacks the member at the start of `input` and returns its packed size. The sink has seen the
/// data before its checksum is known to be right.
std::expected<usize, Failure> unpack_member(ConstBytes input, Sink& sink);

/// Unpacks all of `input`: one or more members.
std::expected<void, Failure> unpack(ConstBytes input, Sink& sink);

} // namespace gzip
