#include "app/access_log.hpp"

#include <date/date.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "event/masking.hpp"

namespace callboard {
namespace {

constexpr std::size_t kShown = 4;  // characters of a token that may be seen by all
constexpr std::size_t kLongestTarget = 2'048;

void append_masked(std::string& out, std::string_view secret) {
    out += secret.substr(0, kShown);
    if (secret.size() > kShown) out += "…";
}

void append_plain(std::string& out, std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '"' || c == '\\')
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
}

/// What stands behind these in a path opens something.
bool names_secret(std::string_view segment) {
    static constexpr std::array<std::string_view, 3> kNames = {"session", "subscribe", "unsubscribe"};
    return std::find(kNames.begin(), kNames.end(), segment) != kNames.end();
}

/// Each part of `text` as `append` writes it, and the separators as they are.
template <typename Append>
void append_parts(std::string& out, std::string_view text, char separator, Append append) {
    while (!text.empty()) {
        const bool last = text.find(separator) == std::string_view::npos;
        append(take_part(text, separator));
        if (!last) out += separator;
    }
}

void append_path(std::string& out, std::string_view path) {
    append_parts(out, path, '/', [&out, before = std::string_view()](std::string_view segment) mutable {
        if (names_secret(std::exchange(before, segment)))
            append_masked(out, segment);
        else
            append_plain(out, segment);
    });
}

/// Whom somebody looked for: numbers as a masked token shows them, of a name that there was one.
void append_parties(std::string& out, std::string_view encoded) {
    append_parts(out, percent_decoded(encoded, true), ',', [&out](std::string_view one) {
        if (one.find_first_not_of("0123456789 .-()+/*") == std::string_view::npos)
            append_plain(out, masked_number(one));
        else
            out += "…";
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
        append_masked(out, pair);
    else if (name == "number" || name == "search")
        append_parties(out, pair);
    else
        append_plain(out, pair);
}

void append_query(std::string& out, std::string_view query) {
    append_parts(out, query, '&', [&out](std::string_view pair) { append_pair(out, pair); });
}

Descriptor opened(const std::filesystem::path& file) {
    return Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
}

Error not_opened(const std::filesystem::path& file) {
    return {
        Error::Kind::unavailable,
        fmt::format("the access log {} cannot be opened: {}; make its folder writable for callboard's user",
                    file.string(), system_error(errno))};
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
    std::string who;
    append_masked(who, access.bearer);
    append_plain(line, who.empty() ? "-" : who);
    return line += '\n';
}

AccessLog::AccessLog(std::filesystem::path file, Descriptor first, const Clock& clock, Metrics& metrics)
    : file_(std::move(file)),
      clock_(clock),
      dropped_(metrics.counter("callboard_access_log_dropped_total",
                               "Lines of the access log that the disk was too slow for.")),
      opened_(std::move(first)),
      thread_([this] { run(); }) {}

Result<std::unique_ptr<AccessLog>> AccessLog::open(std::filesystem::path file, const Clock& clock,
                                                   Metrics& metrics) {
    Descriptor first = opened(file);
    if (!first) return not_opened(file);
    return std::unique_ptr<AccessLog>(new AccessLog(std::move(file), std::move(first), clock, metrics));
}

AccessLog::~AccessLog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
}

void AccessLog::add(const HttpAccess& access) {
    const std::string line = access_line(access, clock_.now());
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() + line.size() > kMostWaiting) return dropped_.add();
        first = waiting_.empty();
        waiting_ += line;
    }
    if (first) work_.notify_one();
}

Result<void> AccessLog::reopen() {
    Descriptor again = opened(file_);
    if (!again) return not_opened(file_);
    const std::lock_guard lock(mutex_);
    opened_ = std::move(again);
    return {};
}

void AccessLog::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !waiting_.empty()) {
        work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        const std::string lines = std::exchange(waiting_, {});
        // A copy, so that reopen() may close the other meanwhile.
        const Descriptor to(::fcntl(opened_.get(), F_DUPFD_CLOEXEC, 0));
        lock.unlock();
        std::string_view left = lines;
        while (!left.empty()) {
            const ssize_t written = ::write(to.get(), left.data(), left.size());
            if (written <= 0) break;
            left.remove_prefix(static_cast<std::size_t>(written));
        }
        if (!left.empty())
            dropped_.add(static_cast<std::uint64_t>(std::count(left.begin(), left.end(), '\n')));
        lock.lock();
    }
}

}  // namespace callboard
