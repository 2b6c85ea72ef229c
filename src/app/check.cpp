#include "app/commands.hpp"
#include "app/failure.hpp"

namespace callboard {

int check(const std::string& config_file) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    fmt::print("{}: ok\n", config_file);
    return kDone;
}

}  // namespace callboard
