#include "event/directory.hpp"

#include <array>
#include <utility>

namespace callboard {
namespace {

constexpr std::array<std::pair<ServiceType, std::string_view>, 4> kTypes = {{
    {ServiceType::sip_line, "sipCirpack"},
    {ServiceType::mgcp_line, "mgcpCirpack"},
    {ServiceType::easy_hunting, "easyHunting"},
    {ServiceType::cloud_hunting, "cloudHunting"},
}};

}  // namespace

std::string_view text_of(ServiceType type) { return kTypes[static_cast<std::size_t>(type)].second; }

std::optional<ServiceType> service_type_from(std::string_view text) {
    for (const auto& [type, name] : kTypes)
        if (name == text) return type;
    return std::nullopt;
}

std::optional<std::size_t> ending_of(std::string_view number) {
    std::size_t ending = 0;
    std::size_t unit = 1;
    for (auto at = number.rbegin(); at != number.rend() && unit < 10'000; ++at) {
        if (*at == '-' || *at == '.' || *at == ' ' || *at == '(' || *at == ')') continue;
        if (*at < '0' || *at > '9') return std::nullopt;
        ending += unit * static_cast<std::size_t>(*at - '0');
        unit *= 10;
    }
    return unit < 10'000 ? std::nullopt : std::optional(ending);
}

Directory::Directory(std::vector<Account> accounts, std::vector<Service> services)
    : accounts_(std::move(accounts)), services_(std::move(services)) {
    for (std::size_t i = 0; i < services_.size(); ++i) {
        numbers_.emplace(services_[i].number, i);
        names_.emplace(services_[i].number, i);
        for (const auto& alias : services_[i].aliases) names_.emplace(alias, i);
    }
    for (const auto& [name, service] : names_)
        if (const auto ending = ending_of(name)) endings_.set(*ending);
}

const Account* Directory::account(std::string_view id) const {
    for (const auto& account : accounts_)
        if (account.id == id) return &account;
    return nullptr;
}

const Service* Directory::by_number(std::string_view number) const {
    const auto found = numbers_.find(number);
    return found == numbers_.end() ? nullptr : &services_[found->second];
}

bool Directory::may_have(std::string_view number) const {
    const auto ending = ending_of(number);
    return ending && endings_.test(*ending);
}

const Service* Directory::by_alias(std::string_view alias_or_number) const {
    const auto found = names_.find(alias_or_number);
    return found == names_.end() ? nullptr : &services_[found->second];
}

}  // namespace callboard
