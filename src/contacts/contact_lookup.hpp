#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/secret.hpp"
#include "contacts/contact_store.hpp"

namespace callboard {

/// Asks a directory of somebody else, such as a CRM, for names of numbers, with one thread of its own and one
/// for HTTP, and keeps what it says in the contacts. Nobody waits for it: whoever wants a name asks the
/// contacts again a little later.
class ContactLookup {
  public:
    struct Settings {
        std::string url;             ///< with `*NUMBER*` or `*E164*`; empty: nobody is asked
        std::string field = "name";  ///< where the name stands in JSON; see read_lookup()
        Secret header;               ///< `Authorization: Bearer …`; empty: none
        std::chrono::milliseconds timeout = std::chrono::seconds(3);
        Duration keep = std::chrono::hours(24);  ///< how long a name holds
        std::vector<std::string> allow_private;  ///< see Destinations
        std::string authorities;                 ///< see HttpClient
        Duration keep_nobody = std::chrono::minutes(10);

        bool same(const Settings& other) const {
            const auto all = [](const Settings& one) {
                return std::tie(one.url, one.field, one.timeout, one.keep, one.allow_private, one.authorities,
                                one.keep_nobody);
            };
            return all(*this) == all(other) && header.equals(other.header.reveal());
        }
    };

    /// `store`, `clock` and `metrics` must outlive it.
    ContactLookup(Settings settings, ContactStore& store, const Clock& clock, Metrics& metrics);
    /// Questions under way are given up; returns within a second.
    ~ContactLookup();
    ContactLookup(const ContactLookup&) = delete;
    ContactLookup& operator=(const ContactLookup&) = delete;

    /// Whether the name of a number of the public network will be known a little later: it is asked for, or
    /// was already. Any thread; reads the file.
    bool ask(std::string_view account, std::string_view number);

    /// Nothing when `url` can be asked for names, else the sentence of the error.
    static std::optional<std::string> wrong_url(std::string_view url);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
