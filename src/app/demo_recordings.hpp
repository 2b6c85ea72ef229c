#pragma once

#include <span>
#include <string_view>

namespace callboard {

/// A `.hep` file of demo/, built into the program.
struct DemoRecording {
    std::string_view name, bytes;
};

/// All of demo/playlist.txt, in its order.
std::span<const DemoRecording> demo_recordings();

}  // namespace callboard
