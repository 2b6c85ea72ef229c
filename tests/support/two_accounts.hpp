#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "event/directory.hpp"

namespace callboard::test {

/// Whom a server in a test knows: account `alpha` with the lines kAlice and kBob and the queue kQueue,
/// account `beta` with the line kCarol.
struct TwoAccounts {
    static constexpr const char* kAlice = "0033123456101";
    static constexpr const char* kBob = "0033123456102";
    static constexpr const char* kCarol = "0033123456103";
    static constexpr const char* kQueue = "0033123456300";

    static std::shared_ptr<const Directory> directory() {
        const auto line = [](std::string account, std::string number) {
            Service service;
            service.account = std::move(account);
            service.description = "line " + number;
            service.number = std::move(number);
            service.id = "1";
            return service;
        };
        Service queue = line("alpha", kQueue);
        queue.type = ServiceType::easy_hunting;
        return std::make_shared<const Directory>(
            std::vector<Account>{{"alpha", "Alpha"}, {"beta", "Beta"}},
            std::vector<Service>{line("alpha", kAlice), line("alpha", kBob), queue, line("beta", kCarol)});
    }
};

}  // namespace callboard::test
