#include "event/eraser.hpp"

#include <utility>

namespace callboard {
namespace {

constexpr std::size_t kLongestNumber = 32;  // characters, with what stands between the digits
constexpr std::size_t kShortestNumber = 7;  // digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool stands_between(char c) { return c == ' ' || c == '.' || c == '-'; }

}  // namespace

Eraser::Eraser(std::string_view number, std::string region) : numbering_(std::move(region)) {
    number_ = numbering_.canonical(number);
}

bool Eraser::is_number() const { return is_public_number(number_); }

/// Of the number that begins at `at`, with what stands between its digits; 0 when another one begins there.
std::size_t Eraser::length_at(std::string_view text, std::size_t at) {
    // The longest that is the number: `06 12 34 56 78` goes on where `06 12 34` ends.
    std::size_t end = at + (text[at] == '+' ? 1U : 0U);
    std::size_t digits = 0;
    std::size_t found = 0;
    std::string bare = text[at] == '+' ? "+" : "";
    for (; end < text.size() && end - at < kLongestNumber; ++end) {
        if (!is_digit(text[end])) {
            if (digits == 0 || !stands_between(text[end]) || !is_digit(text[end - 1])) break;
            continue;
        }
        bare += text[end];
        ++digits;
        const bool ends = end + 1 == text.size() || !is_digit(text[end + 1]);
        if (ends && digits >= kShortestNumber && bare.back() == number_.back() &&
            numbering_.canonical(bare) == number_)
            found = end + 1 - at;
    }
    return found;
}

bool Eraser::erase(std::string& text) {
    bool erased = false;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = (is_digit(text[at]) || text[at] == '+') && (at == 0 || !is_digit(text[at - 1]));
        if (const std::size_t length = begins ? length_at(text, at) : 0; length > 0) {
            out += kInstead;
            at += length;
            erased = true;
        } else {
            out += text[at++];
        }
    }
    if (erased) text = std::move(out);
    return erased;
}

bool Eraser::erase_json(std::string& json) {
    bool erased = false;
    std::string out;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] != '"') {
            out += json[at++];
            continue;
        }
        std::size_t end = at + 1;
        while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2U : 1U;
        end = std::min(end, json.size());
        std::string text = json.substr(at, end - at);
        erased = erase(text) || erased;
        out += text;
        if (end < json.size()) out += '"';
        at = end + 1;
    }
    if (erased) json = std::move(out);
    return erased;
}

}  // namespace callboard
