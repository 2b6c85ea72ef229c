#pragma once

#include <filesystem>
#include <string>

#include "app/config.hpp"

namespace callboard {

/// The account whose token the demo prints.
inline constexpr const char* kDemoAccount = "ba-demo";

/// The configuration of the demo: the office whose calls were recorded, and one HEP input on any free port of
/// this machine.
Config demo_config(const std::string& listen, const std::filesystem::path& data_dir);

/// Adds the exchanges at these addresses, which tell of the office's queues.
void connect_exchanges(Config& config, const std::string& freeswitch, const std::string& asterisk);

/// `127.0.0.1:8080` for the address bound: what a browser on this machine can open, also when every address
/// is listened on.
std::string browsable(const std::string& address);

}  // namespace callboard
