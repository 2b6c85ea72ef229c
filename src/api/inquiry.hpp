#pragma once

#include <cstdint>
#include <string_view>

#include "api/routes.hpp"
#include "history/query.hpp"
#include "net/http.hpp"

namespace callboard {

/// Who asks what, kept for the audit until it is known how much was answered. What was not answered is not
/// told. Copies may be used on any thread; `api` must outlive them.
class Inquiry {
  public:
    /// With a token.
    Inquiry(const Api& api, const HttpRequest& request, const Grant& grant);
    /// With whatever else.
    Inquiry(const Api& api, const HttpRequest& request, Actor actor);

    /// What was looked for has become this: a name may mean several numbers.
    void means(const HistoryQuery& query);

    /// `what`: as of act::HistoryRead.
    void read(std::string_view what, std::uint64_t rows) const;
    void exported(std::string_view form, std::uint64_t rows, bool whole) const;
    void read_contacts(std::uint64_t rows) const;

  private:
    Audit* audit_;
    Actor actor_;
    bool masked_ = false;
    act::Asked asked_;
};

/// Whoever sends the key in the Authorization header of a request, for an account.
Actor actor_with_key(const HttpRequest& request, std::string_view account);

}  // namespace callboard
