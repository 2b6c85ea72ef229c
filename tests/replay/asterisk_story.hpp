#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_session.hpp"
#include "story.hpp"

namespace callboard::replay {

/// What one read of the socket brought.
struct AmiRead {
    Time at{};
    std::string bytes;
};

/// Reads `tests/traces/NAME.ami` as `NAME.ami.idx` says when its bytes came. Throws std::runtime_error.
std::vector<AmiRead> load_ami(const std::string& name);
/// Names of all recordings of the manager interface, in order.
std::vector<std::string> ami_scenario_names();

/// office(), its queues with the names that Asterisk gave them as further aliases.
std::shared_ptr<const Directory> asterisk_office();

/// Frames, as the session would hand them on: lists that were asked for in the recording are a snapshot, and
/// its second login follows a lost connection.
std::vector<AmiNews> news_of(const std::vector<AmiRead>& reads);

/// Normalises and tracks; time passes as it was read, and a little more at the end.
std::vector<Told> play_ami(const std::vector<AmiNews>& news, double begun,
                           Duration patience = std::chrono::seconds(10));

}  // namespace callboard::replay
