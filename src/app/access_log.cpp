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

void append_path(std::string& out, std::string_view path) {
    std::string_view before;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        if (names_secret(before))
            append_masked(out, segment);
        else
            append_plain(out, segment);
        before = segment;
        if (end < path.size()) out += '/';
        path.remove_prefix(std::min(end + 1, path.size()));
    }
}

/// Whom somebody looked for: numbers as a masked token shows them, of a name that there was one.
void append_parties(std::string& out, std::string_view encoded) {
    const std::string all = percent_decoded(encoded, true);
    for (std::string_view rest = all; !rest.empty();) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view one = rest.substr(0, end);
        if (one.find_first_not_of("0123456789 .-()+/*") == std::string_view::npos)
            append_plain(out, masked_number(one));
        else
            out += "…";
        if (end < rest.size()) out += ',';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void append_query(std::string& out, std::string_view query) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t value = std::min(pair.find('='), pair.size());
        // By what the name becomes, because that is how it is read.
        const std::string name = percent_decoded(pair.substr(0, value), true);
        append_plain(out, pair.substr(0, value));
        if (value < pair.size()) out += '=';
        const std::string_view given = pair.substr(std::min(value + 1, pair.size()));
        if (name == "token")
            append_masked(out, given);
        else if (name == "number" || name == "search")
            append_parties(out, given);
        else
            append_plain(out, given);
        if (end < query.size()) out += '&';
        query.remove_prefix(std::min(end + 1, query.size()));
    }
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
