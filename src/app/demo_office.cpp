#include "app/demo_office.hpp"

#include <utility>

namespace callboard {
namespace {

struct Desk {
    const char* extension;
    const char* who;
    const char* alias = nullptr;  ///< besides the extension
};
constexpr Desk kDesks[] = {
    {"101", "Reception"},
    {"102", "Alice Martin"},
    {"103", "Bruno Petit"},
    {"104", "Chloé Durand"},
    {"105", "David Moreau"},
    {"106", "Emma Laurent"},
    {"201", "Farid · Support", "Grace"},
    {"202", "Gaëlle · Support", "Heidi"},
    {"203", "Hugo · Support", "Rupert"},
    {"301", "Inès · Hotline", "1001"},
    {"302", "Jules · Hotline", "1002"},
    {"303", "Karim · Hotline", "1003"},
};
/// 800 and 801 are queues of the Asterisk, the others of the FreeSWITCH.
constexpr Desk kQueues[] = {
    {"800", "Sales", "sales"},
    {"801", "Support", "support"},
    {"810", "Hotline", "support@default"},
    {"811", "Orders", "sales@default"},
    {"812", "Emergencies", "ringall@default"},
};

Service service_of(const Desk& desk) {
    Service service;
    service.account = kDemoAccount;
    service.number = std::string("0033123456") + desk.extension;
    service.description = desk.who;
    service.id = made_up_id(service.number);
    return service;
}

}  // namespace

Config demo_config(const std::string& listen, const std::filesystem::path& data_dir) {
    Config config;
    config.data_dir = data_dir;
    config.http.listen = {listen};
    config.http.public_url = "http://" + browsable(listen);
    config.accounts = {{kDemoAccount, "Demo"}};
    for (const auto& desk : kDesks) {
        Service service = service_of(desk);
        service.simultaneous_lines = 2;
        service.aliases = {desk.extension};
        if (desk.alias != nullptr) service.aliases.emplace_back(desk.alias);
        config.services.push_back(std::move(service));
    }
    for (const auto& queue : kQueues) {
        Service service = service_of(queue);
        service.type = ServiceType::easy_hunting;
        service.aliases = {queue.alias};
        config.services.push_back(std::move(service));
    }
    config.hep_inputs.push_back({"recordings", "udp:127.0.0.1:0", {}});
    return config;
}

void connect_exchanges(Config& config, const std::string& freeswitch, const std::string& asterisk) {
    config.freeswitch_inputs.push_back(
        {.name = "freeswitch", .address = freeswitch, .password = Secret("demo")});
    config.asterisk_inputs.push_back(
        {.name = "asterisk", .address = asterisk, .username = "demo", .secret = Secret("demo")});
}

std::string browsable(const std::string& address) {
    const auto port = address.substr(address.rfind(':'));
    const auto host = address.substr(0, address.size() - port.size());
    if (host == "0.0.0.0") return "127.0.0.1" + port;
    if (host == "[::]") return "[::1]" + port;
    return address;
}

}  // namespace callboard
