#pragma once

#include <bitset>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard {

/// What a service is, in the words of the OVH event protocol (`Details.Type`).
enum class ServiceType { sip_line, mgcp_line, easy_hunting, cloud_hunting };

/// `sipCirpack`, `mgcpCirpack`, `easyHunting`, `cloudHunting`.
std::string_view text_of(ServiceType type);
std::optional<ServiceType> service_type_from(std::string_view text);

/// One line or queue that this hub tells events of, as configured.
struct Service {
    std::string account;      ///< billing account that it belongs to
    std::string number;       ///< `00` + country code + number; its name in every event (`Ressource`)
    std::string description;  ///< label; the number when none was configured
    ServiceType type = ServiceType::sip_line;
    int simultaneous_lines = 1;
    std::string id;                    ///< `Details.Id`, digits
    std::vector<std::string> aliases;  ///< users in SIP URIs, extensions, agent names that mean this service

    bool is_queue() const { return type == ServiceType::easy_hunting || type == ServiceType::cloud_hunting; }
};

struct Account {
    std::string id;  ///< OVH's billingAccount
    std::string description;
};

/// Transparent hash, so that maps keyed by string are searched with a view.
struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// The last four digits of a number with visual separators passed over (RFC 3966 §5.1.1): the same however it
/// is written, because ways of writing a number differ in front. Nothing when there are fewer, or others
/// between.
std::optional<std::size_t> ending_of(std::string_view number);

/// Every account, line and queue of one configuration. Immutable: a reload makes a new one; holders keep a
/// shared pointer. Thread-safe.
class Directory {
  public:
    Directory() = default;
    /// Precondition (checked by the configuration): numbers and aliases are unique.
    Directory(std::vector<Account> accounts, std::vector<Service> services);
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::vector<Account>& accounts() const { return accounts_; }
    const std::vector<Service>& services() const { return services_; }
    const Account* account(std::string_view id) const;

    /// The service with this very number. Null when it is none of ours.
    const Service* by_number(std::string_view number) const;
    /// The service that this alias or number means. Null when it is none of ours.
    const Service* by_alias(std::string_view alias_or_number) const;
    /// Whether a service may have this number, however it is written: false for most that are none of ours.
    bool may_have(std::string_view number) const;

  private:
    std::vector<Account> accounts_;
    std::vector<Service> services_;
    StringMap<std::size_t> numbers_;
    StringMap<std::size_t> names_;  // numbers and aliases
    std::bitset<10'000> endings_;   // the last four digits of numbers and aliases
};

}  // namespace callboard
