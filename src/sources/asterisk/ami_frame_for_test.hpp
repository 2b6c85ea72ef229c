#pragma once

#include <string>
#include <string_view>

#include "sources/asterisk/ami_frame.hpp"

namespace callboard::testing {

/// A frame from lines `Key: value`, one each; blanks before a key do not count.
inline AmiFrame ami(std::string_view lines) {
    AmiFrame frame;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        const auto begin = line.find_first_not_of(' ');
        const auto colon = line.find(':');
        if (begin == std::string_view::npos || colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        frame.add(line.substr(begin, colon - begin), value);
    }
    return frame;
}

/// The same as it comes over the wire.
inline std::string ami_bytes(const AmiFrame& frame) {
    std::string bytes;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto [key, value] = frame.field(i);
        bytes.append(key).append(": ").append(value).append("\r\n");
    }
    return bytes + "\r\n";
}
inline std::string ami_bytes(std::string_view lines) { return ami_bytes(ami(lines)); }

}  // namespace callboard::testing
