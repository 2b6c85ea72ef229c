#include "event/sip_text.hpp"

namespace callboard {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string unfolded(std::string_view text) {
    if (text.find_first_of("\r\n") == std::string_view::npos) return std::string(text);
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\r' && text[i] != '\n') {
            out += text[i++];
            continue;
        }
        while (i < text.size() && (text[i] == '\r' || text[i] == '\n' || text[i] == ' ' || text[i] == '\t'))
            ++i;
        while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
        if (i < text.size() && !out.empty()) out += ' ';
    }
    return out;
}

std::string unescaped(std::string_view user) {
    if (user.find('%') == std::string_view::npos) return std::string(user);
    std::string out;
    out.reserve(user.size());
    for (std::size_t i = 0; i < user.size(); ++i) {
        const int high = user[i] == '%' && i + 2 < user.size() ? hex_value(user[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(user[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += user[i];
        }
    }
    return out;
}

}  // namespace callboard
