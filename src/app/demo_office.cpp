#include "app/demo_office.hpp"

#include <utility>

namespace callboard {
namespace {

struct Desk {
    const char* extension;
    const char* who;
};
constexpr Desk kDesks[] = {
    {"101", "Reception"},       {"102", "Alice Martin"},     {"103", "Bruno Petit"},
    {"104", "Chloé Durand"},    {"105", "David Moreau"},     {"106", "Emma Laurent"},
    {"201", "Support · Farid"}, {"202", "Support · Gaëlle"}, {"203", "Support · Hugo"},
};

}  // namespace

Config demo_config(const std::string& listen, const std::filesystem::path& data_dir) {
    Config config;
    config.data_dir = data_dir;
    config.http.listen = {listen};
    config.http.public_url = "http://" + browsable(listen);
    config.accounts = {{kDemoAccount, "Demo"}};
    for (const auto& desk : kDesks) {
        Service service;
        service.account = kDemoAccount;
        service.number = std::string("0033123456") + desk.extension;
        service.description = desk.who;
        service.simultaneous_lines = 2;
        service.id = made_up_id(service.number);
        service.aliases = {desk.extension};
        config.services.push_back(std::move(service));
    }
    config.hep_inputs.push_back({"recordings", "udp:127.0.0.1:0", {}});
    return config;
}

std::string browsable(const std::string& address) {
    const auto port = address.substr(address.rfind(':'));
    const auto host = address.substr(0, address.size() - port.size());
    if (host == "0.0.0.0") return "127.0.0.1" + port;
    if (host == "[::]") return "[::1]" + port;
    return address;
}

}  // namespace callboard
