#include "sources/freeswitch/esl_frame.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace callboard {
namespace {

/// Keeps the buffer from being moved for every small frame.
constexpr std::size_t kShrinkAt = 1 << 20;

std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

bool EslReader::take(std::string_view bytes) {
    if (!broken_.empty()) return false;
    shrink();
    buffer_.append(bytes);
    return true;
}

void EslReader::shrink() {
    if (at_ < kShrinkAt && at_ < buffer_.size()) return;
    buffer_.erase(0, at_);
    at_ = 0;
}

bool EslReader::read_header(std::string_view block) {
    EslFrame frame;
    length_ = 0;
    while (!block.empty()) {
        const std::string_view line = without_return(block.substr(0, block.find('\n')));
        block.remove_prefix(std::min(block.find('\n'), block.size() - 1) + 1);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        if (equals_ignoring_case(name, "Content-Type")) frame.content_type = value;
        if (equals_ignoring_case(name, "Reply-Text")) frame.reply = value;
        if (!equals_ignoring_case(name, "Content-Length")) continue;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length_);
        if (error == std::errc{} && end == value.data() + value.size() && length_ <= kLargestBody) continue;
        broken_ = "the event socket sent a wrong Content-Length; is there really a FreeSWITCH?";
        return false;
    }
    if (frame.content_type.empty()) {
        broken_ = "the event socket sent a message without Content-Type; is there really a FreeSWITCH?";
        return false;
    }
    begun_ = std::move(frame);
    return true;
}

std::optional<EslFrame> EslReader::next() {
    if (!broken_.empty()) return std::nullopt;
    if (!begun_) {
        // Replies may leave empty lines behind.
        while (at_ < buffer_.size() && (buffer_[at_] == '\n' || buffer_[at_] == '\r')) ++at_, searched_ = 0;
        const std::string_view text = rest();
        std::size_t end = std::string_view::npos, blank = 0;
        for (std::size_t line = text.find('\n', searched_); line != std::string_view::npos;
             line = text.find('\n', line + 1)) {
            blank = text.substr(line + 1, 2) == "\r\n" ? 2 : text.substr(line + 1, 1) == "\n" ? 1 : 0;
            searched_ = line;
            if (blank == 0) continue;
            end = line + 1;
            break;
        }
        if (end == std::string_view::npos) {
            if (text.size() <= kLargestHeader) return std::nullopt;
            broken_ = "the event socket sent a header without an end; is there really a FreeSWITCH?";
            return std::nullopt;
        }
        searched_ = 0;
        if (end > kLargestHeader) {
            broken_ = "the event socket sent a header that is too long; is there really a FreeSWITCH?";
            return std::nullopt;
        }
        if (!read_header(text.substr(0, end))) return std::nullopt;
        at_ += end + blank;
    }
    if (rest().size() < length_) return std::nullopt;
    begun_->body = rest().substr(0, length_);
    at_ += length_;
    return std::exchange(begun_, std::nullopt);
}

}  // namespace callboard
