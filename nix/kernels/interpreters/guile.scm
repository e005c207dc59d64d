;; Runs cells of Scheme; kernel.py says how the two speak.
(use-modules (ice-9 binary-ports) (ice-9 rdelim) (ice-9 session) (ice-9 exceptions)
             (rnrs bytevectors) (system repl error-handling) (srfi srfi-1))

(define %jupyter-requests (open-file (cadr (command-line)) "rb"))
(define %jupyter-replies (open-file (caddr (command-line)) "wb"))
(define %jupyter-scope (let ((module (make-fresh-user-module))) (set-module-name! module '(guile-user)) module))

(define* (jupyter-reply kind text #:optional (argument "-"))
  (let ((data (string->utf8 text)))
    (display (string-append kind " " argument " " (number->string (bytevector-length data)) "\n") %jupyter-replies)
    (put-bytevector %jupyter-replies data)
    (force-output %jupyter-replies)))

(define (jupyter-request)
  (let ((line (read-line %jupyter-requests)))
    (if (eof-object? line) (primitive-_exit 0))
    (let* ((words (string-split line #\space))
           (length (string->number (caddr words))))
      (cons (car words) (if (zero? length) "" (utf8->string (get-bytevector-n %jupyter-requests length)))))))

(define (jupyter-done)
  (for-each (lambda (port) (display "\x1e\x04\x1e" port) (force-output port))
            (list %jupyter-output %jupyter-errors))
  (jupyter-reply "done" ""))

;; The user's words are standard input.
(define %jupyter-input
  (let ((held (make-bytevector 0)))
    (define port
      (make-custom-binary-input-port "stdin"
        (lambda (target start count)
          (when (zero? (bytevector-length held))
            (force-output %jupyter-output)
            (jupyter-reply "ask" "")
            (set! held (string->utf8 (cdr (jupyter-request)))))
          (let* ((size (min count (bytevector-length held)))
                 (rest (make-bytevector (- (bytevector-length held) size))))
            (bytevector-copy! held 0 target start size)
            (bytevector-copy! held size rest 0 (bytevector-length rest))
            (set! held rest)
            size))
        #f #f #f))
    (set-port-encoding! port "UTF-8")
    port))

(define %jupyter-output (current-output-port))
(define %jupyter-errors (current-error-port))

(define (jupyter-message key arguments)
  (call-with-output-string (lambda (port) (print-exception port #f key arguments))))

(define (jupyter-execute code)
  (catch #t
    (lambda ()
      (sigaction SIGINT (lambda _ (throw 'interrupted)))
      (let ((port (open-input-string code)))
        (let loop ((results '()))
          (let ((form (read port)))
            (if (eof-object? form)
                (for-each (lambda (result)
                            (unless (unspecified? result)
                              (jupyter-reply "result" (call-with-output-string (lambda (port) (write result port))))))
                          results)
                (loop (call-with-values (lambda () (eval form %jupyter-scope)) list)))))))
    (lambda (key . arguments)
      (sigaction SIGINT SIG_IGN)
      (jupyter-reply "error" (string-append (symbol->string key) "\n" (string-trim-both (jupyter-message key arguments))))))
  (sigaction SIGINT SIG_IGN))

(define (jupyter-check code)
  (catch #t
    (lambda ()
      (let ((port (open-input-string code)))
        (let loop () (if (eof-object? (read port)) "complete" (loop)))))
    (lambda (key . arguments)
      (let ((message (jupyter-message key arguments)))
        (if (or (string-contains message "unexpected end of input") (string-contains message "end of file"))
            "incomplete"
            "invalid")))))

(define (jupyter-names word)
  (let ((names '()))
    (define (note name _)
      (let ((text (symbol->string name)))
        (when (string-prefix? word text) (set! names (cons text names)))))
    (let loop ((modules (list %jupyter-scope)) (seen '()))
      (unless (null? modules)
        (let ((module (car modules)))
          (if (memq module seen)
              (loop (cdr modules) seen)
              (begin
                (module-for-each note module)
                (loop (append (module-uses module) (cdr modules)) (cons module seen)))))))
    names))

(define (jupyter-inspect word)
  (let ((variable (module-variable %jupyter-scope (string->symbol word))))
    (if (and variable (variable-bound? variable))
        (let* ((value (variable-ref variable))
               (written (call-with-output-string (lambda (port) (write value port))))
               (documentation (and (procedure? value) (procedure-documentation value))))
          (string-append word " = " written (if documentation (string-append "\n" documentation) "")))
        "")))

;; What Jupyter shows instead of text.
(module-define! %jupyter-scope 'display-html
  (lambda* (data #:optional (type "text/html")) (jupyter-reply "display" data type)))

(for-each (lambda (port) (set-port-encoding! port "UTF-8")) (list %jupyter-output %jupyter-errors))
(setvbuf %jupyter-output 'line)
(set-current-input-port %jupyter-input)
(sigaction SIGINT SIG_IGN)
(jupyter-reply "version" (version))
(jupyter-done)
(let loop ()
  (let ((asked (jupyter-request)))
    (case (string->symbol (car asked))
      ((execute) (jupyter-execute (cdr asked)))
      ((check) (jupyter-reply "status" (jupyter-check (cdr asked))))
      ((complete) (jupyter-reply "match" (string-join (jupyter-names (cdr asked)) "\n")))
      ((inspect) (jupyter-reply "text" (jupyter-inspect (cdr asked)))))
    (jupyter-done)
    (loop)))
