(* Runs cells of OCaml in its own toplevel; kernel.py says how the two speak. *)
module Jupyter = struct
  let requests = open_in_bin Sys.argv.(1)
  let replies = open_out_bin Sys.argv.(2)
  let mark = "\x1e\x04\x1e"

  let reply ?(argument = "-") kind text =
    Printf.fprintf replies "%s %s %d\n%s" kind argument (String.length text) text;
    flush replies

  let request () =
    match input_line requests with
    | exception End_of_file -> exit 0
    | line -> Scanf.sscanf line "%s %s %d" (fun kind _ size -> kind, really_input_string requests size)

  let finish () =
    Format.pp_print_flush Format.std_formatter ();
    Format.pp_print_flush Format.err_formatter ();
    List.iter (fun output -> output_string output mark; flush output) [ stdout; stderr ];
    reply "done" ""

  (* What Jupyter shows instead of text. *)
  let display ?(kind = "text/html") data = reply ~argument:kind "display" data

  let buffer = Buffer.create 1000
  let formatter = Format.formatter_of_buffer buffer

  let printed () =
    Format.pp_print_flush formatter ();
    let text = Buffer.contents buffer in
    Buffer.clear buffer;
    String.trim text

  (* A cell may leave out the ;; at its end. *)
  let parsed code = !Toploop.parse_use_file (Lexing.from_string (code ^ "\n;;"))

  let start = function
    | Parsetree.Ptop_def (item :: _) -> item.pstr_loc.loc_start.pos_cnum
    | Parsetree.Ptop_dir directive -> directive.pdir_loc.loc_start.pos_cnum
    | Parsetree.Ptop_def [] -> 0

  (* What the compiler says of wrong code, of which nothing is run. *)
  let complaint code at =
    let line = List.length (String.split_on_char '\n' (String.sub code 0 at)) in
    let name = Filename.temp_file "cell" ".ml" in
    let file = open_out_bin name in
    Printf.fprintf file "# %d \"cell\"\n%s\n;;\n" line (String.sub code at (String.length code - at));
    close_out file;
    ignore (Toploop.use_file formatter name);
    Sys.remove name;
    printed ()

  exception Failed of string

  let run code =
    match parsed code with
    | exception _ -> raise (Failed (complaint code 0))
    | phrases ->
      List.map
        (fun phrase ->
          match Toploop.execute_phrase true formatter phrase with
          | true -> printed ()
          | false -> raise (Failed (printed ()))
          | exception Sys.Break -> raise Sys.Break
          | exception _ ->
            ignore (printed ());
            raise (Failed (complaint code (start phrase))))
        phrases

  let execute code =
    Sys.set_signal Sys.sigint (Sys.Signal_handle (fun _ -> raise Sys.Break));
    (match run code with
     | texts ->
       let shown = List.filter (fun text -> text <> "" && text <> "- : unit = ()") texts in
       if shown <> [] then reply "result" (String.concat "\n" shown)
     | exception (Sys.Break | Failed "Interrupted.") -> reply "error" "Interrupted\nthe cell was interrupted"
     | exception Failed text -> reply "error" ("Error\n" ^ text));
    Sys.set_signal Sys.sigint Sys.Signal_ignore

  let check code =
    let code = String.trim code in
    let lexbuf = Lexing.from_string (code ^ "\n;;") in
    match !Toploop.parse_use_file lexbuf with
    | _ -> "complete"
    | exception wrong ->
      (* The compiler's own modules are not to be had here, but the names of its exceptions. *)
      let unterminated = String.starts_with ~prefix:"Lexer.Error" (Printexc.to_string wrong) in
      if unterminated || lexbuf.lex_curr_p.pos_cnum > String.length code then "incomplete" else "invalid"

  (* The value and type of a name, as the toplevel prints them. *)
  let inspect word =
    match run word with
    | texts -> word ^ " " ^ String.concat "\n" texts
    | exception Failed _ -> ""

  let rec serve () =
    let kind, text = request () in
    (match kind with
     | "execute" -> execute text
     | "check" -> reply "status" (check text)
     | "inspect" -> reply "text" (inspect text)
     | _ -> ());
    finish ();
    serve ()
end

(* The user's words are standard input. *)
let read_line () =
  flush stdout;
  Jupyter.reply "ask" "";
  match Jupyter.request () with
  | _, "" -> raise End_of_file
  | _, text -> String.sub text 0 (String.length text - 1)

let read_int () = int_of_string (String.trim (read_line ()))
let read_float () = float_of_string (String.trim (read_line ()));;

Sys.set_signal Sys.sigint Sys.Signal_ignore;;
Jupyter.reply "version" Sys.ocaml_version;;
Jupyter.finish ();;
Jupyter.serve ();;
