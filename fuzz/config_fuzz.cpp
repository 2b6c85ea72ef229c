// A configuration.
#include "app/config.hpp"
#include "fuzz.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    // Secrets may be in files; a fuzzer must not read this machine's.
    if (text.find("file") != std::string_view::npos) return 0;
    const auto config = parse_config(text, "/nonexistent");
    if (const auto* errors = std::get_if<ConfigErrors>(&config)) {
        fuzz::check(!errors->empty(), "what is refused is refused for a reason");
        for (const auto& error : *errors) {
            fuzz::check(error.line >= 1 && !error.sentence.empty(), "an error says where and what");
            error.text("callboard.toml");
        }
    } else {
        const auto directory = directory_of(std::get<Config>(config));
        for (const auto& service : directory->services())
            fuzz::check(directory->by_number(service.number) != nullptr &&
                            directory->account(service.account) != nullptr,
                        "a service is found by its number, and its account");
    }
    return 0;
}
