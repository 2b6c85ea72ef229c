#include "app/access_log.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "event/masking.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLongestTarget = 2'048;

void append_plain(std::string& out, std::string_view text) {
    for (const char c : text)
        if (is_control(c) || c == '"' || c == '\\')
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
}

/// What stands behind these in a path opens something.
bool names_secret(std::string_view segment) {
    static constexpr std::array<std::string_view, 3> kNames = {"session", "subscribe", "unsubscribe"};
    return std::find(kNames.begin(), kNames.end(), segment) != kNames.end();
}

void append_path(std::string& out, std::string_view path) {
    append_parts(out, path, '/', [&out, before = std::string_view()](std::string_view segment) mutable {
        if (names_secret(std::exchange(before, segment)))
            out += shown(segment);
        else
            append_plain(out, segment);
    });
}

void append_pair(std::string& out, std::string_view pair) {
    const bool has_value = pair.find('=') != std::string_view::npos;
    const std::string_view written = take_part(pair, '=');  // pair: the value
    append_plain(out, written);
    if (has_value) out += '=';
    // By what the name becomes, because that is how it is read.
    const std::string name = percent_decoded(written, true);
    if (name == "token")
        out += shown(pair);
    else if (name == "number" || name == "search")
        append_plain(out, masked_search(percent_decoded(pair, true)));
    else
        append_plain(out, pair);
}

void append_query(std::string& out, std::string_view query) {
    append_parts(out, query, '&', [&out](std::string_view pair) { append_pair(out, pair); });
}

}  // namespace

std::string masked_target(std::string_view target) {
    target = target.substr(0, kLongestTarget);
    const std::size_t mark = std::min(target.find('?'), target.size());
    std::string out;
    append_path(out, target.substr(0, mark));
    if (mark == target.size()) return out;
    out += '?';
    append_query(out, target.substr(mark + 1));
    return out;
}

std::string access_line(const HttpAccess& access, Time now) {
    std::string line = fmt::format("{}Z {} \"{} {}\" {} {} {:.6f} ",
                                   date::format("%FT%T", std::chrono::floor<std::chrono::milliseconds>(now)),
                                   access.peer, access.method, masked_target(access.target), access.status,
                                   access.bytes, std::chrono::duration<double>(access.took).count());
    append_plain(line, access.bearer.empty() ? "-" : shown(access.bearer));
    return line += '\n';
}

AccessLog::AccessLog(std::unique_ptr<LineFile> file, const Clock& clock)
    : file_(std::move(file)), clock_(clock) {}

Result<std::unique_ptr<AccessLog>> AccessLog::open(std::filesystem::path file, const Clock& clock,
                                                   Metrics& metrics) {
    auto lines = LineFile::open(std::move(file), "the access log",
                                metrics.counter("callboard_access_log_dropped_total",
                                                "Lines of the access log that the disk was too slow for."));
    if (!lines) return lines.error();
    return std::unique_ptr<AccessLog>(new AccessLog(*std::move(lines), clock));
}

void AccessLog::add(const HttpAccess& access) { file_->add(access_line(access, clock_.now())); }

}  // namespace callboard
