#include "event/sip_text.hpp"

#include "base/text.hpp"

namespace callboard {

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

std::string unescaped(std::string_view user) { return percent_decoded(user); }

}  // namespace callboard
