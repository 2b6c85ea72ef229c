#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <memory>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/log.hpp"

namespace callboard {
namespace {

using Run = std::function<int()>;

const std::vector<std::string> kLogLevels = {"debug", "info", "warn", "error", "off"};

void add_serve(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("serve", "The server.");
    auto file = std::make_shared<std::string>();
    command->add_option("--config", *file, "the configuration, a TOML file")->required();
    command->callback([&run, file] { run = [file] { return serve(*file); }; });
}

void add_demo(CLI::App& app, Run& run) {
    auto* command =
        app.add_subcommand("demo", "Recorded calls of an office, played into a server of its own.");
    auto options = std::make_shared<DemoOptions>();
    command->add_option("--listen", options->listen, "where to serve HTTP")->capture_default_str();
    command->add_option("--data", options->data,
                        "keep the data in this directory (default: a temporary one)");
    command->add_option("--speed", options->speed, "times the recorded speed")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 100.0));
    command->callback([&run, options] { run = [options] { return demo(*options); }; });
}

void add_check(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("check", "Prints every error of a configuration.");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "the configuration, a TOML file")->required();
    command->callback([&run, file] { run = [file] { return check(*file); }; });
}

void add_token(CLI::App& app, Run& run) {
    auto* token = app.add_subcommand("token", "Makes, lists and revokes tokens, of a running server too.");
    token->require_subcommand(1);

    auto* create = token->add_subcommand("create", "Makes a token and prints it; ends an earlier one.");
    auto options = std::make_shared<TokenCreateOptions>();
    create->add_option("--config", options->config_file, "the configuration")->required();
    create->add_option("--account", options->account, "whose events it reads")->required();
    auto* service =
        create->add_option("--service", options->service, "the number of one line or queue (default: all)");
    create
        ->add_flag("--each-service", options->each_service,
                   "one for each line and queue: prints its number, a tab and the token")
        ->excludes(service);
    create->add_flag("--masked", options->masked, "it reads numbers of others masked, and no names");
    create->add_option("--expiration", options->expiration, "such as \"1 day\"")->capture_default_str();
    create->callback([&run, options] { run = [options] { return token_create(*options); }; });

    auto* list = token->add_subcommand("list", "Account, service, end and first characters of each token.");
    auto file = std::make_shared<std::string>();
    auto reveal = std::make_shared<bool>(false);
    list->add_option("--config", *file, "the configuration")->required();
    list->add_flag("--show", *reveal, "print whole tokens");
    list->callback([&run, file, reveal] { run = [file, reveal] { return token_list(*file, *reveal); }; });

    auto* revoke = token->add_subcommand("revoke", "Ends a token at once.");
    auto text = std::make_shared<std::string>();
    revoke->add_option("--config", *file, "the configuration")->required();
    revoke->add_option("token", *text, "the token")->required();
    revoke->callback([&run, file, text] { run = [file, text] { return token_revoke(*file, *text); }; });
}

void add_backup(CLI::App& app, Run& run) {
    auto* backup = app.add_subcommand("backup", "Copies all lasting data, also of a running server.");
    auto file = std::make_shared<std::string>();
    auto folder = std::make_shared<std::string>();
    backup->add_option("--config", *file, "the configuration")->required();
    backup->add_option("--to", *folder, "a new folder")->required();
    backup->callback(
        [&run, file, folder] { run = [file, folder] { return callboard::backup(*file, *folder); }; });

    auto* restore = app.add_subcommand("restore", "Puts a backup into data_dir, while no server runs.");
    auto replace = std::make_shared<bool>(false);
    restore->add_option("--config", *file, "the configuration")->required();
    restore->add_option("--from", *folder, "the folder of the backup")->required();
    restore->add_flag("--replace", *replace, "move what is there aside");
    restore->callback([&run, file, folder, replace] {
        run = [file, folder, replace] { return callboard::restore(*file, *folder, *replace); };
    });
}

void add_contacts(CLI::App& app, Run& run) {
    auto* contacts = app.add_subcommand("contacts", "Names of outside numbers, of a running server too.");
    contacts->require_subcommand(1);
    auto options = std::make_shared<ContactsOptions>();
    const auto with_options = [options](CLI::App* command) {
        command->add_option("--config", options->config_file, "the configuration")->required();
        command->add_option("--account", options->account, "whose they are (default: shared by all)");
        return command;
    };
    auto* import = with_options(contacts->add_subcommand("import", "Puts the contacts of a CSV file in."));
    auto file = std::make_shared<std::string>();
    import->add_option("file", *file, "CSV whose first line is number,name; - for the standard input")
        ->required();
    import->callback([&run, options, file] { run = [options, file] { return contacts_import(*options, *file);
};
}  // namespace
);

auto* exported = with_options(contacts->add_subcommand("export", "Prints them as CSV."));
exported->callback([&run, options] { run = [options] { return contacts_export(*options); }; });

auto* clear = with_options(contacts->add_subcommand("clear", "Forgets them."));
clear->add_flag("--all", options->all, "those of every account, and the shared ones")->excludes("--account");
clear->callback([&run, options] { run = [options] { return contacts_clear(*options); }; });
}  // namespace callboard

void add_erase(CLI::App& app, Run& run) {
    auto* command =
        app.add_subcommand("erase", "Takes a caller's number out of all data, while no server runs.");
    auto file = std::make_shared<std::string>();
    auto number = std::make_shared<std::string>();
    command->add_option("--config", *file, "the configuration")->required();
    command->add_option("number", *number, "the number, however it is written")->required();
    command->callback(
        [&run, file, number] { run = [file, number] { return callboard::erase(*file, *number); }; });
}

void add_doctor(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("doctor", "Looks at all that a server needs and says what to do.");
    auto options = std::make_shared<DoctorOptions>();
    command->add_option("--config", options->config_file, "the configuration")->required();
    command->add_flag("--json", options->json, "one JSON object instead of lines");
    command->callback([&run, options] { run = [options] { return doctor(*options); }; });
}

void add_watch(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("watch", "Follows the events of a server in the terminal.");
    auto options = std::make_shared<WatchOptions>();
    command->add_option("url", options->url, "such as http://127.0.0.1:8080, or the page's with its token")
        ->required();
    command->add_option("--token", options->token, "the token")->envname("CALLBOARD_TOKEN");
    command->add_option("--cacert", options->authorities,
                        "PEM file of who may vouch for an https server; without it, the system's");
    command->add_flag("--json", options->json, "one JSON event a line");
    command->callback([&run, options] { run = [options] { return watch(*options); }; });
}

void add_replay(CLI::App& app, Run& run) {
    auto* command = app.add_subcommand("replay", "Sends a recorded .hep file with its own timing.");
    auto options = std::make_shared<ReplayOptions>();
    command->add_option("file", options->file, "the recording")->required();
    command->add_option("--to", options->to, "udp:HOST:PORT or tcp:HOST:PORT")->required();
    command->add_option("--speed", options->speed, "times the recorded speed")
        ->capture_default_str()
        ->check(CLI::Range(0.01, 1000.0));
    command->add_flag("--loop", options->loop, "again and again, each time with times and Call-IDs of now");
    command->callback([&run, options] { run = [options] { return replay(*options); }; });
}

void add_version(CLI::App& app, Run& run) {
    app.add_subcommand("version", "Prints the version.")->callback([&run] {
        run = [] {
            fmt::print("callboard {}\n", CALLBOARD_VERSION);
            return kDone;
        };
    });
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app("Callboard: events of telephone lines and queues, for whoever holds a token.", "callboard");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "callboard " CALLBOARD_VERSION);
    std::string level = "info";
    app.add_option("--log-level", level, "what is told on stderr")
        ->envname("CALLBOARD_LOG")
        ->check(CLI::IsMember(kLogLevels))
        ->capture_default_str();
    Run run;
    for (auto* add : {add_serve, add_demo, add_check, add_token, add_backup, add_contacts, add_erase,
                      add_doctor, add_watch, add_replay, add_version})
        add(app, run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kWrongUse;
    }
    begin_log(level);
    return run();
}

}  // namespace callboard
