#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// Whether stderr is the journal of systemd itself, as JOURNAL_STREAM (systemd.exec(5)) says of the
/// descriptor `device`:`inode`. Pure.
bool is_journal(std::string_view journal_stream, unsigned long device, unsigned long inode);

/// Whether what this process writes to stderr goes to the journal of systemd.
bool stderr_is_journal();

/// `<3>` and the like in front of a line of the journal, which reads its priority from it (sd-daemon(3)); of
/// `info` 6, `warning` 4, `error` 3, `debug` 7. Empty for a word that is no level.
std::string_view journal_prefix(std::string_view level);

/// The log goes to stderr, one line per fact: with time and level for a person or a file, with a priority for
/// the journal, which has the time itself. `level`: debug, info, warn, error or off.
void begin_log(const std::string& level);

}  // namespace callboard
