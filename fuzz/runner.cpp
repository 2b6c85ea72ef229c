// Replays a harness's corpus without a fuzzer: every file of the folders that are given, whole and in slices
// of 1 to 32 bytes.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz.hpp"

namespace {

/// From memory of exactly that size, so that a sanitizer sees a read beyond it.
void run(const std::string& bytes, std::size_t begin, std::size_t length) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data()) + begin;
    std::string exact(reinterpret_cast<const char*>(data), length);
    exact.shrink_to_fit();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(exact.data()), exact.size());
}

void replay(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    run(bytes, 0, bytes.size());
    for (std::size_t length = 1; length <= 32; ++length)
        for (std::size_t begin = 0; begin + length <= bytes.size(); begin += length)
            run(bytes, begin, length);
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t files = 0;
    for (int i = 1; i < count; ++i)
        for (const auto& entry : std::filesystem::directory_iterator(arguments[i]))
            if (entry.is_regular_file()) {
                replay(entry.path());
                ++files;
            }
    run("", 0, 0);
    std::printf("%zu files replayed\n", files);
    return files == 0;
}
