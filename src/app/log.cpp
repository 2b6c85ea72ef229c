#include "app/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace callboard {
namespace {

class Priority final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& line) override {
        const auto level = spdlog::level::to_string_view(message.level);
        const auto prefix = journal_prefix({level.data(), level.size()});
        line.append(prefix.data(), prefix.data() + prefix.size());
    }
    std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<Priority>();
    }
};

std::unique_ptr<spdlog::formatter> formatter_for(bool journal) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    if (journal)
        formatter->add_flag<Priority>('*').set_pattern("%*%v");
    else
        formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    return formatter;
}

}  // namespace

bool is_journal(std::string_view journal_stream, unsigned long device, unsigned long inode) {
    return journal_stream == fmt::format("{}:{}", device, inode);
}

bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
           is_journal(stream, status.st_dev, status.st_ino);
}

std::string_view journal_prefix(std::string_view level) {
    if (level == "critical") return "<2>";
    if (level == "error") return "<3>";
    if (level == "warning") return "<4>";
    if (level == "info") return "<6>";
    return level == "debug" || level == "trace" ? "<7>" : "";
}

void begin_log(const std::string& level) {
    auto log = spdlog::stderr_logger_mt("callboard");
    log->set_formatter(formatter_for(stderr_is_journal()));
    log->set_level(spdlog::level::from_str(level == "warn" ? "warning" : level));
    log->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(log));
}

}  // namespace callboard
