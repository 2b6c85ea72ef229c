#include <fmt/ranges.h>

#include "app/audit_log.hpp"
#include "app/backup.hpp"
#include "app/commands.hpp"
#include "app/failure.hpp"

namespace callboard {
namespace {

/// What the operator can fix by other arguments is wrong use; the rest is the machine's.
int code_of(const Error& error) {
    return error.kind == Error::Kind::invalid || error.kind == Error::Kind::missing ? kWrongUse : kNotStarted;
}

}  // namespace

int backup(const std::string& config_file, const std::string& to) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    const auto& config = std::get<Config>(read);
    const auto made = back_up(DataDir{config.data_dir}, to);
    if (!made) return fail(code_of(made.error()), made.error().what);
    note_command(config, {}, act::Backup{to});
    fmt::print("{}: {}; events up to number {}\n", to, fmt::join(made->files, ", "), made->last);
    return kDone;
}

int restore(const std::string& config_file, const std::string& from, bool replace) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    const DataDir data{std::get<Config>(read).data_dir};
    const SystemClock clock;
    const auto restored = restore_backup(from, data, replace, clock);
    if (!restored) return fail(code_of(restored.error()), restored.error().what);
    fmt::print("{}: {}; events up to number {}\n", data.path.string(), fmt::join(restored->files, ", "),
               restored->last);
    return kDone;
}

}  // namespace callboard
