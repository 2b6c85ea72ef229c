#include "sources/asterisk/ami_stream.hpp"

#include <utility>

namespace callboard {
namespace {

constexpr std::string_view kBanner = "Asterisk Call Manager";
constexpr std::size_t kLongestBanner = 128;

bool is_key(std::string_view text) {
    for (const char c : text)
        if (c < '!' || c > '~') return false;
    return !text.empty();
}

}  // namespace

void AmiStream::feed(std::string_view bytes) {
    if (begin_ > 0) {
        bytes_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
    }
    bytes_ += bytes;
}

bool AmiStream::next(AmiFrame& frame) {
    while (!foreign_) {
        switch (take_line(partial_)) {
            case Line::none:
                return false;
            case Line::other:
                break;
            case Line::frame_ends:
                frame_bytes_ = 0;
                if (std::exchange(dropping_, false)) {
                    partial_.clear();
                    break;
                }
                if (partial_.empty()) break;
                std::swap(frame, partial_);
                partial_.clear();
                return true;
        }
    }
    return false;
}

AmiStream::Line AmiStream::take_line(AmiFrame& frame) {
    const auto end = bytes_.find('\n', scanned_);
    if (end == std::string::npos) {
        scanned_ = bytes_.size();
        if (frame_bytes_ + bytes_.size() - begin_ > kLargestFrame) {
            overflow();
            within_line_ = true;
            begin_ = scanned_;
        }
        return Line::none;
    }
    std::string_view line = std::string_view(bytes_).substr(begin_, end - begin_);
    frame_bytes_ += line.size() + 1;
    begin_ = scanned_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (std::exchange(within_line_, false)) return Line::other;
    if (line.empty()) return Line::frame_ends;
    if (frame_bytes_ > kLargestFrame || frame.size() >= kMostFields) overflow();
    if (!dropping_) take_field(line, frame);
    return Line::other;
}

void AmiStream::take_field(std::string_view line, AmiFrame& frame) {
    const bool first = !std::exchange(begun_, true);
    if (first && line.starts_with(kBanner)) {
        banner_ = line.substr(0, kLongestBanner);
        return;
    }
    const auto colon = line.find(':');
    const bool field = colon != std::string_view::npos && is_key(line.substr(0, colon));
    if (first && !field) foreign_ = true;
    if (!field) return;
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    frame.add(line.substr(0, colon), value);
}

void AmiStream::overflow() {
    if (!std::exchange(dropping_, true)) ++dropped_;
    partial_.clear();
}

}  // namespace callboard
