% Runs cells of Prolog; kernel.py says how the two speak.
:- module(jupyter, [display/1, display/2]).
:- use_module(library(lists)).
:- use_module(library(prolog_stream)).
:- use_module(library(solution_sequences)).
:- use_module(library(utf8)).
:- use_module(library(apply)).

:- dynamic requests/1, replies/1, busy/0, defined/1.
:- initialization(serve, main).

reply(Kind, Text) :- reply(Kind, -, Text).
reply(Kind, Argument, Text) :-
    replies(Stream),
    format(codes(Codes), "~w", [Text]),
    phrase(utf8_codes(Codes), Bytes),
    length(Bytes, Length),
    format(Stream, "~w ~w ~d~n", [Kind, Argument, Length]),
    maplist(put_byte(Stream), Bytes),
    flush_output(Stream).

request(Kind, Text) :-
    requests(Stream),
    line(Stream, Line),
    split_string(Line, " ", "", [Kind, _, Digits]),
    number_string(Length, Digits),
    length(Bytes, Length),
    maplist(get_byte(Stream), Bytes),
    phrase(utf8_codes(Codes), Bytes),
    string_codes(Text, Codes).

line(Stream, Line) :-
    get_byte(Stream, Byte),
    (   Byte == -1 -> halt
    ;   Byte == 0'\n -> Line = ""
    ;   line(Stream, Rest), char_code(Char, Byte), string_concat(Char, Rest, Line)
    ).

done :-
    forall(member(Output, [user_output, user_error]), (format(Output, "\x1e\\x4\\x1e\", []), flush_output(Output))),
    reply(done, "").

% The user's words are standard input.
stream_read(_, Text) :- flush_output(user_output), reply(ask, ""), request(_, Text).

% What Jupyter shows instead of text.
display(Text) :- display(Text, 'text/html').
display(Text, Type) :- reply(display, Type, Text).

message(Error, Text) :-
    '$messages':translate_message(Error, Lines, []),
    with_output_to(string(Long), (current_output(Stream), print_message_lines(Stream, '', Lines))),
    split_string(Long, "", " \n", [Text]).

execute(Code) :-
    retractall(defined(_)),
    ended(Code, Text),
    setup_call_cleanup(open_string(Text, Stream), all(Stream, 1), close(Stream)).

% A cell may leave out the full stop at its end.
ended(Code, Text) :-
    split_string(Code, "", " \t\n", [Stripped]),
    (   sub_string(Stripped, _, 1, 0, ".") -> string_concat(Stripped, "\n", Text)
    ;   string_concat(Stripped, " .\n", Text)
    ).

all(Stream, Number) :-
    read_term(Stream, Term, [variable_names(Names), module(user)]),
    (   Term == end_of_file -> true
    ;   one(Term, Names, Number),
        Next is Number + 1,
        all(Stream, Next)
    ).

one((:- Goal), _, _) :- !, ( once(user:Goal) -> true ; throw(failed(Goal)) ).
one((?- Goal), Names, _) :- !, query(Goal, Names).
one(Term, Names, 1) :- Term \= (_ :- _), Term \= (_ --> _), predicate_property(user:Term, defined), !, query(Term, Names).
one(Term, _, _) :- expand_term(Term, Clauses), forall((is_list(Clauses) -> member(Clause, Clauses) ; Clause = Clauses), clause_of(Clause)).

% A predicate that a cell defines takes the place of the one of that name.
clause_of(Clause) :-
    ( Clause = (Head :- _) -> true ; Head = Clause ),
    functor(Head, Name, Arity),
    (   defined(Name/Arity) -> true
    ;   ( predicate_property(user:Head, dynamic) -> abolish(user:Name/Arity) ; true ),
        dynamic(user:Name/Arity),
        assertz(defined(Name/Arity))
    ),
    assertz(user:Clause).

query(Goal, Names) :-
    findall(Names, limit(10, user:Goal), Solutions),
    (   Solutions == [] -> reply(result, "false")
    ;   maplist(shown, Solutions, Texts),
        atomic_list_concat(Texts, ' ;\n', Text),
        reply(result, Text)
    ).

shown(Names, Text) :-
    include([Name=_]>>( \+ sub_atom(Name, 0, _, _, '_') ), Names, Wanted),
    (   Wanted == [] -> Text = true
    ;   maplist([Name=Value, Each]>>format(atom(Each), "~w = ~q", [Name, Value]), Wanted, Parts),
        atomic_list_concat(Parts, ', ', Text)
    ).

check(Code, Status) :-
    ended(Code, Text),
    catch(setup_call_cleanup(open_string(Text, Stream), skim(Stream), close(Stream)), error(Error, _), true),
    (   var(Error) -> Status = complete
    ;   Error = syntax_error(Why),
        memberchk(Why, [operator_balance, end_of_file, end_of_clause, end_of_clause_expected, cannot_start_term, end_of_file_in_quoted(_), undefined_char_escape(_), end_of_file_in_block_comment])
    ->  Status = incomplete
    ;   Status = invalid
    ).

skim(Stream) :-
    read_term(Stream, Term, [module(user)]),
    ( Term == end_of_file -> true ; skim(Stream) ).

matches(Word, Text) :-
    findall(Name, ( current_predicate(Name, user:Head), \+ predicate_property(user:Head, hidden), sub_atom(Name, 0, _, _, Word) ), Own),
    findall(Name, ( predicate_property(system:Head, visible), functor(Head, Name, _), sub_atom(Name, 0, _, _, Word), \+ sub_atom(Name, 0, 1, _, $) ), Others),
    append(Own, Others, Names),
    atomic_list_concat(Names, '\n', Text).

inspect(Word, Text) :-
    atom_string(Name, Word),
    findall(Line, ( between(0, 10, Arity), functor(Head, Name, Arity), predicate_property(user:Head, defined), about(Head, Name/Arity, Line) ), Lines),
    atomic_list_concat(Lines, '\n', Text).

about(Head, Indicator, Text) :-
    findall(Property, ( member(Property, [built_in, foreign, dynamic, imported_from(_), number_of_clauses(_)]), predicate_property(user:Head, Property) ), Properties),
    format(atom(Text), "~q: ~w", [Indicator, Properties]).

interrupted(_) :- ( busy -> throw(interrupted) ; true ).

guarded(Goal) :-
    assertz(busy),
    catch(( call(Goal) -> true ; true ), Error, true),
    retractall(busy),
    (   var(Error) -> true
    ;   Error == interrupted -> reply(error, "Interrupted\nthe cell was interrupted")
    ;   Error = failed(Goal) -> format(string(Text), "Failed\n~q", [Goal]), reply(error, Text)
    ;   message(Error, Said), string_concat("Error\n", Said, Text), reply(error, Text)
    ).

answer("execute", Text) :- guarded(execute(Text)).
answer("check", Text) :- check(Text, Status), reply(status, Status).
answer("complete", Text) :- matches(Text, Found), reply(match, Found).
answer("inspect", Text) :- inspect(Text, Found), reply(text, Found).

serve :-
    current_prolog_flag(argv, Words),
    append(_, [In, Out], Words),
    open(In, read, Requests, [type(binary), buffer(full)]),
    open(Out, write, Replies, [type(binary)]),
    assertz(requests(Requests)),
    assertz(replies(Replies)),
    forall(member(Output, [user_output, user_error]), set_stream(Output, encoding(utf8))),
    set_stream(user_output, buffer(line)),
    open_prolog_stream(jupyter, read, Input, []),
    set_stream(Input, alias(user_input)),
    set_input(Input),
    on_signal(int, _, jupyter:interrupted),
    current_prolog_flag(version_data, swi(Major, Minor, Patch, _)),
    format(string(Version), "~w.~w.~w", [Major, Minor, Patch]),
    reply(version, Version),
    done,
    repeat,
    request(Kind, Text),
    catch(ignore(answer(Kind, Text)), _, true),
    done,
    fail.
