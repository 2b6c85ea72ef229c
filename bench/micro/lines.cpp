#include "lines.hpp"

#include <fmt/format.h>

namespace callboard::bench {

std::shared_ptr<const Directory> lines(std::size_t count) {
    std::vector<Service> services(count);
    for (std::size_t i = 0; i < count; ++i) {
        services[i].account = "bench";
        services[i].number = fmt::format("0033972{:06}", i);
        services[i].description = fmt::format("Line {}", i);
        services[i].id = std::to_string(100'000 + i);
    }
    return std::make_shared<const Directory>(std::vector<Account>{{"bench", "Bench"}}, std::move(services));
}

}  // namespace callboard::bench
