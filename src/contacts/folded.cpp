#include "contacts/folded.hpp"

#include <array>

#include "base/text.hpp"

namespace callboard {
namespace {

/// What the letters from U+00C0 on are without accent and case, 64 a line as they share a lead byte (0xC3,
/// 0xC4, 0xC5). `.`: stays.
constexpr std::array<std::string_view, 3> kBase = {
    "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y",
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll",
    "lllnnnnnnn..oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"};

/// Letters that are written as two: æ œ ß. Others stay.
std::string_view spelled_out(std::string_view letter) {
    if (letter == "\xC3\x86" || letter == "\xC3\xA6") return "ae";
    if (letter == "\xC5\x92" || letter == "\xC5\x93") return "oe";
    if (letter == "\xC3\x9F") return "ss";
    return letter;
}

}  // namespace

std::string folded(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        const auto lead = static_cast<unsigned char>(name[at]);
        const auto second = at + 1 < name.size() ? static_cast<unsigned char>(name[at + 1]) : 0U;
        if (lead < 0xC3 || lead > 0xC5 || second < 0x80 || second > 0xBF) {
            out += lower(name[at]);
            continue;
        }
        const char base = kBase[lead - 0xC3U][second - 0x80U];
        if (base == '.')
            out += spelled_out(name.substr(at, 2));
        else
            out += base;
        ++at;
    }
    return out;
}

}  // namespace callboard
