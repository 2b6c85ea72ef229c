#pragma once

#include <optional>
#include <string>

namespace callboard {

// Each command of the program: takes its arguments, returns its exit code (exit_code.hpp). A failure is one
// sentence on stderr.

/// `callboard serve`: the server, until SIGTERM or SIGINT.
int serve(const std::string& config_file);

struct DemoOptions {
    std::string listen = "127.0.0.1:8080";
    std::string data;  ///< empty: a temporary directory, gone at the end
    double speed = 1;
};
/// `callboard demo`: a server of its own into which recorded calls are played.
int demo(const DemoOptions& options);

/// `callboard check`: every error of a configuration.
int check(const std::string& config_file);

struct TokenCreateOptions {
    std::string config_file, account;
    std::string service;                   ///< empty: all services of the account
    bool each_service = false;             ///< a token for each service of the account instead
    bool masked = false;                   ///< numbers from outside are masked
    std::string expiration = "unlimited";  ///< see parse_lifetime()
};
/// Prints the token; with `each_service` a line for each, with the service's number and a tab before it.
int token_create(const TokenCreateOptions& options);
/// `reveal`: whole tokens instead of their first characters.
int token_list(const std::string& config_file, bool reveal);
int token_revoke(const std::string& config_file, const std::string& token);

/// `callboard backup`: everything lasting of a data_dir, also of a running server, to a new folder.
int backup(const std::string& config_file, const std::string& to);
/// `callboard restore`: the other way, while no server runs. `replace`: what is there is moved aside.
int restore(const std::string& config_file, const std::string& from, bool replace);

struct ContactsOptions {
    std::string config_file;
    std::string account;  ///< empty: the contacts that all accounts share
    bool all = false;     ///< of `clear`: those of all accounts
};
/// `callboard contacts import`: puts the contacts of a CSV file in, also of a running server. `-`: of stdin.
int contacts_import(const ContactsOptions& options, const std::string& file);
/// `callboard contacts export`: prints them as CSV that can be imported.
int contacts_export(const ContactsOptions& options);
/// `callboard contacts clear`: forgets them.
int contacts_clear(const ContactsOptions& options);

/// `callboard erase`: takes a caller's number out of journal, history, webhooks and contacts, while no server
/// runs.
int erase(const std::string& config_file, const std::string& number);

struct DoctorOptions {
    std::string config_file;
    bool json = false;
};
/// `callboard doctor`: looks at everything that the server depends on, and says what to do.
int doctor(const DoctorOptions& options);

struct WatchOptions {
    std::string url, token;
    std::string authorities;  ///< PEM file of those who may vouch for an https server; empty: the system's
    bool json = false;        ///< one event a line, as it came
};
/// `callboard watch`: follows a stream until SIGINT, SIGTERM or the reader of stdout has gone.
int watch(const WatchOptions& options);

struct ReplayOptions {
    std::string file, to;
    double speed = 1;
    bool loop = false;
};
/// `callboard replay`: sends a recording with its own timing.
int replay(const ReplayOptions& options);

/// Reads the command line and runs what it says.
int run_command_line(int argc, char** argv);

}  // namespace callboard
