#pragma once

#include <span>
#include <string_view>

namespace callboard {

/// A file of demo/, built into the program: SIP (`.hep`), or what an exchange says (`.exchange`).
struct DemoRecording {
    std::string_view name, bytes;
};

/// All of demo/playlist.txt, in its order.
std::span<const DemoRecording> demo_recordings();
/// The bytes of one of them; empty when there is none of that name.
std::string_view demo_recording(std::string_view name);

}  // namespace callboard
