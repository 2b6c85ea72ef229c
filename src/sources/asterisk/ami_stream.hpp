#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sources/asterisk/ami_frame.hpp"

namespace callboard {

/// Cuts what Asterisk's manager interface sends into frames, however the bytes are split.
///
/// A frame ends with an empty line; lines end with CRLF, a lone LF is taken too. Before the first frame the
/// manager says who it is in one line, the banner. Lines without a colon mean nothing and are passed over. A
/// frame of more than kLargestFrame bytes or kMostFields lines is dropped and counted; the next one is read
/// as if nothing had been. Never holds more than that and what was fed last.
class AmiStream {
  public:
    static constexpr std::size_t kLargestFrame = 256 << 10;
    static constexpr std::size_t kMostFields = 4'096;

    void feed(std::string_view bytes);
    /// The next whole frame. False: more bytes are needed.
    bool next(AmiFrame& frame);

    /// `Asterisk Call Manager/11.0.0`; empty before it came.
    std::string_view banner() const { return banner_; }
    /// What came first is neither a banner nor a frame: this is no manager interface.
    bool foreign() const { return foreign_; }
    std::uint64_t dropped() const { return dropped_; }

  private:
    enum class Line { none, frame_ends, other };
    Line take_line(AmiFrame& frame);
    void take_field(std::string_view line, AmiFrame& frame);
    void overflow();

    std::string bytes_;
    std::size_t begin_ = 0;    // of the line that is being read
    std::size_t scanned_ = 0;  // up to here there is no line end
    std::size_t frame_bytes_ = 0;
    AmiFrame partial_;          // of the frame that has begun
    bool dropping_ = false;     // it is too large
    bool within_line_ = false;  // the beginning of this line was dropped
    bool begun_ = false;        // a line came
    bool foreign_ = false;
    std::string banner_;
    std::uint64_t dropped_ = 0;
};

}  // namespace callboard
